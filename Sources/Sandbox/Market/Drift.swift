#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A factor close to one that drifts from minute to minute.
///
/// It is stateless: two waves with random periods, and noise that is computed from the minute, so the past costs no more than the
/// present.
struct Drift: Sendable {
    /// How noise continues from one minute to the next.
    enum Noise: Sendable {
        /// For a quantity that is quoted anew: minutes are independent.
        case leaps
        /// For a sum over many hours, of which a minute replaces little: a random walk.
        case walks
    }

    private let key: UInt64
    private let swing: Double
    private let jitter: Double
    private let noise: Noise
    private let slow: Wave
    private let fast: Wave

    /// `swing` is the total amplitude of the waves, and `jitter` the approximate amplitude of the noise in a minute, both as
    /// natural logarithms.
    init(swing: Double, jitter: Double, noise: Noise = .leaps, using random: inout SplitMix64) {
        key = random.next()
        self.swing = swing
        self.jitter = jitter
        self.noise = noise
        slow = Wave(days: 4...40, using: &random)
        fast = Wave(days: 0.1...1.5, using: &random)
    }

    /// The factor in this minute, counted from 1970.
    func factor(at minute: Int64) -> Double {
        let waves = 0.7 * slow.height(at: minute) + 0.3 * fast.height(at: minute)
        switch noise {
        case .leaps: return exp(swing * waves + jitter * SplitMix64.noise(key, minute))
        case .walks: return exp(swing * waves + jitter * walk(at: minute))
        }
    }

    /// The sum of noise with periods from a minute to about a day, each linear between random values at its ends; longer periods
    /// have larger amplitudes, as in a random walk.
    private func walk(at minute: Int64) -> Double {
        (0..<11).reduce(0) { height, octave in
            let (period, key) = (Int64(1) << octave, key &+ UInt64(octave))
            let begin = minute >> octave
            let part = Double(minute - (begin << octave)) / Double(period)
            let (left, right) = (SplitMix64.noise(key, begin), SplitMix64.noise(key, begin + 1))
            return height + Double(period).squareRoot() * (left + part * (right - left))
        }
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
