package import CoreMetrics
import Synchronization

/// The metrics of a process: the backend of swift-metrics, shown as text for Prometheus.
///
/// Counters and histograms belong to swift-metrics; samples are values that are only read when the metrics are requested.
package final class MetricsRegistry: Sendable {
    /// Names and values; the same pairs in another order are another series.
    package typealias Labels = [(String, String)]

    private let series = Mutex<[String: [SeriesKey: any Series]]>([:])
    private let samples = Mutex<[Sample]>([])

    private struct Sample: Sendable {
        let name: String
        let labels: SeriesKey
        let read: @Sendable () -> Double?
    }

    package init() {}

    /// Registers `read`, which is called whenever the metrics are requested; nil shows no sample.
    ///
    /// It must not block. A sample replaces an earlier one with the same name and labels, unless `standsIn` is set.
    package func sample(
        _ name: MetricName, _ labels: Labels = [], standsIn: Bool = false, _ read: @escaping @Sendable () -> Double?
    ) {
        let key = SeriesKey(labels)
        samples.withLock { samples in
            if standsIn, samples.contains(where: { $0.name == name.name && $0.labels == key }) { return }
            samples.removeAll { $0.name == name.name && $0.labels == key }
            samples.append(Sample(name: name.name, labels: key, read: read))
        }
    }

    /// All metrics in Prometheus' text format 0.0.4: families in the order of `MetricName.all`.
    ///
    /// Metrics outside that list are not shown, because nobody has limited the values of their labels.
    package var text: String {
        let series = series.withLock(\.self)
        let samples = Dictionary(grouping: samples.withLock(\.self), by: \.name)
        var text = PrometheusText()
        for family in MetricName.all {
            let kept = (series[family.name] ?? [:]).sorted { $0.key < $1.key }
            let read = (samples[family.name] ?? []).compactMap { sample in sample.read().map { (sample.labels, $0) } }
            guard !kept.isEmpty || !read.isEmpty else { continue }
            text.begin(family)
            for (labels, series) in kept { series.write(family.name, labels, to: &text) }
            for (labels, value) in read.sorted(by: { $0.0 < $1.0 }) { text.add(family.name, labels, value) }
        }
        return text.text
    }

    private func find<Wanted: Series>(_ name: String, _ labels: Labels, _ make: () -> Wanted) -> Wanted {
        series.withLock { series in
            let key = SeriesKey(labels)
            if let known = series[name]?[key] as? Wanted { return known }
            let new = make()
            series[name, default: [:]][key] = new
            return new
        }
    }
}

extension MetricsRegistry: MetricsFactory {
    /// Returns the same series for the same label and dimensions, like all of these functions.
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        find(label, dimensions) { CounterSeries() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        find(label, dimensions) { GaugeSeries() }
    }

    /// A histogram with buckets for seconds if `aggregate` is true, otherwise a gauge.
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate ? find(label, dimensions) { HistogramSeries() } : find(label, dimensions) { GaugeSeries() }
    }

    /// A histogram: the handler takes nanoseconds and shows seconds.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        find(label, dimensions) { HistogramSeries() }
    }

    // Series live as long as the process, because their number is limited.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
