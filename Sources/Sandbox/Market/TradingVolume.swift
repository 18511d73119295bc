#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The trading volume at a position in the order of volume.
enum TradingVolume {
    /// US dollars in 24 hours: a power law that is steep enough to keep the first few in their positions.
    static func base(place: Int) -> Double {
        1.1e11 / (Double(place) * Double(place).squareRoot())
    }

    /// How a 24-hour volume changes: by a few ten-thousandths per minute, and by much more for a few assets.
    ///
    /// Measured on 53 pairs of an exchange: the median is 3 to 4 ten-thousandths, and every tenth changes by 24 or more.
    static func drift(using random: inout SplitMix64) -> Drift {
        let normal = (0..<12).reduce(-6) { sum, _ in sum + random.unit() }
        return Drift(swing: 0.05, jitter: 0.00042 * exp(1.4 * normal), noise: .walks, using: &random)
    }
}
