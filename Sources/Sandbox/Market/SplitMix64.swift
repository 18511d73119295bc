/// The SplitMix64 generator: small, fast and reproducible, so that a seed defines one market.
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Each pair of seed and salt gives an independent stream.
    init(seed: UInt64, salt: UInt64 = 0) {
        state = Self.scrambled(seed ^ Self.scrambled(salt))
    }

    mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.scrambled(state)
    }

    /// Uniform in 0..<1.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// A stateless random number for each pair, so that any minute can be computed directly.
    static func noise(_ key: UInt64, _ step: Int64) -> Double {
        let bits = scrambled(key ^ (UInt64(bitPattern: step) &* increment))
        return Double(bits >> 11) * 0x1p-52 - 1
    }

    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func scrambled(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
