#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// How much is traded at a place in the order of volume.
enum TradingVolume {
    /// US dollars in 24 hours: a power law, so steep that the first few keep their places.
    static func base(place: Int) -> Double {
        1.1e11 / (Double(place) * Double(place).squareRoot())
    }

    /// How what is traded in 24 hours moves: in a minute by some ten-thousandths, of few assets by much more.
    ///
    /// Both measured on 53 pairs of an exchange: the median is 3 to 4 ten-thousandths, and every tenth moves by 24 or more.
    static func drift(using random: inout SplitMix64) -> Drift {
        let normal = (0..<12).reduce(-6) { sum, _ in sum + random.unit() }
        return Drift(swing: 0.05, jitter: 0.00042 * exp(1.4 * normal), noise: .walks, using: &random)
    }
}
