import CoreMetrics
import Synchronization

/// Label names and values, in the order given.
struct SeriesKey: Hashable, Comparable, Sendable {
    let labels: [[String]]

    init(_ labels: [(String, String)]) {
        self.labels = labels.map { [$0, $1] }
    }

    static func < (left: Self, right: Self) -> Bool {
        left.labels.joined().lexicographicallyPrecedes(right.labels.joined())
    }
}

/// One metric with one set of labels.
protocol Series: Sendable {
    func write(_ name: String, _ labels: SeriesKey, to text: inout PrometheusText)
}

final class CounterSeries: CounterHandler, Series {
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, _ labels: SeriesKey, to text: inout PrometheusText) {
        text.add(name, labels, Double(value.load(ordering: .relaxed)))
    }
}

final class GaugeSeries: RecorderHandler, MeterHandler, Series {
    private let value = Mutex(0.0)

    func record(_ new: Int64) { set(Double(new)) }

    func record(_ new: Double) { set(new) }

    func set(_ new: Int64) { set(Double(new)) }

    func set(_ new: Double) { value.withLock { $0 = new } }

    func increment(by amount: Double) { value.withLock { $0 += amount } }

    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func write(_ name: String, _ labels: SeriesKey, to text: inout PrometheusText) {
        text.add(name, labels, value.withLock(\.self))
    }
}

/// Seconds, counted in buckets from a tenth of a millisecond to a minute.
final class HistogramSeries: TimerHandler, RecorderHandler, Series {
    static let bounds = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60]

    private struct State {
        var counts = [UInt64](repeating: 0, count: HistogramSeries.bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func write(_ name: String, _ labels: SeriesKey, to text: inout PrometheusText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < Self.bounds.count ? PrometheusText.number(Self.bounds[index]) : "+Inf"
            text.add("\(name)_bucket", labels, Double(total), also: ("le", bound))
        }
        text.add("\(name)_sum", labels, sum)
        text.add("\(name)_count", labels, Double(total))
    }
}
