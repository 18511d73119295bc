/// Generates pronounceable names, and symbols of three to six letters from them.
///
/// Symbols repeat occasionally, as in reality.
struct NameMaker {
    private static let onsets = [
        "b", "br", "c", "ch", "d", "dr", "f", "g", "gl", "h", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr",
        "v", "w", "x", "z",
    ]
    private static let vowels = ["a", "e", "i", "o", "u", "ae", "io", "y"]
    private static let codas = ["", "", "", "n", "r", "x", "l", "s"]
    private static let suffixes = [
        "", "", "", " Protocol", " Network", " Coin", " Token", " Finance", " AI", " DAO", " Inu",
    ]

    private var random: SplitMix64

    init(random: SplitMix64) {
        self.random = random
    }

    mutating func next() -> (name: String, symbol: String) {
        var stem = ""
        for _ in 0..<Int.random(in: 2...3, using: &random) {
            stem += pick(Self.onsets) + pick(Self.vowels) + pick(Self.codas)
        }
        // The larger of two random lengths, because short symbols are soon used up.
        let draws = [Int.random(in: 3...6, using: &random), Int.random(in: 3...6, using: &random)]
        let length = min(stem.count, max(draws[0], draws[1]))
        return (stem.prefix(1).uppercased() + stem.dropFirst() + pick(Self.suffixes), stem.prefix(length).uppercased())
    }

    private mutating func pick(_ parts: [String]) -> String {
        parts[Int.random(in: parts.indices, using: &random)]
    }
}
