/// Hides secrets in whatever is about to be printed, by their values: plain, and percent-encoded as in a URL.
package struct Redactor: Sendable {
    private let needles: [[UInt8]]
    package static let mask = "***"

    /// Values shorter than 6 characters are not hidden: they would mask ordinary text.
    package init(secrets: some Sequence<String> = []) {
        let spellings = Set(secrets).filter { $0.utf8.count >= 6 }.flatMap { secret in
            let encoded = PercentEncoding.encode(secret)
            return [secret, encoded, encoded.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }]
        }
        needles = Set(spellings).map { Array($0.utf8) }
    }

    /// Looks at bytes, not characters: an accent behind a secret would make another character of its last one.
    package func callAsFunction(_ text: String) -> String {
        let bytes = Array(text.utf8)
        // Secrets may contain or overlap one another: none must leave another's rest behind.
        var hidden = RangeSet<Int>()
        for needle in needles {
            for range in bytes.ranges(of: needle) { hidden.insert(contentsOf: range) }
        }
        guard !hidden.isEmpty else { return text }
        var output: [UInt8] = []
        var end = 0
        for range in hidden.ranges {
            output += bytes[end..<range.lowerBound] + Array(Self.mask.utf8)
            end = range.upperBound
        }
        return String(decoding: output + bytes[end...], as: UTF8.self)
    }
}
