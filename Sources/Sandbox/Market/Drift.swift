#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A factor around one that wanders from minute to minute.
///
/// It has no memory: two waves of the quantity's own periods, and noise that is looked up rather than drawn. So the past
/// costs no more than the present.
struct Drift: Sendable {
    private let key: UInt64
    private let swing: Double
    private let jitter: Double
    private let slow: Wave
    private let fast: Wave

    /// `swing` is how far the waves go together and `jitter` how far one minute leaps, both as natural logarithms.
    init(swing: Double, jitter: Double, using random: inout SplitMix64) {
        key = random.next()
        self.swing = swing
        self.jitter = jitter
        slow = Wave(days: 4...40, using: &random)
        fast = Wave(days: 0.1...1.5, using: &random)
    }

    /// The factor in the minute of that number since 1970.
    func factor(at minute: Int64) -> Double {
        let waves = 0.7 * slow.height(at: minute) + 0.3 * fast.height(at: minute)
        return exp(swing * waves + jitter * SplitMix64.noise(key, minute))
    }

    private struct Wave: Sendable {
        let radiansPerMinute: Double
        let phase: Double

        init(days: ClosedRange<Double>, using random: inout SplitMix64) {
            let period = (days.lowerBound + random.unit() * (days.upperBound - days.lowerBound)) * 1440
            radiansPerMinute = 2 * .pi / period
            phase = random.unit() * 2 * .pi
        }

        func height(at minute: Int64) -> Double {
            sin(Double(minute) * radiansPerMinute + phase)
        }
    }
}
