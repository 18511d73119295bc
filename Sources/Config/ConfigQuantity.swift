/// Quantities with their units; a bare number would not state its unit.
package enum ConfigQuantity {
    /// `250ms`, `60s`, `15m`, `2h`, `7d`.
    package static func duration(_ text: String) -> Duration? {
        guard let (count, unit) = split(text) else { return nil }
        let seconds: Int64
        switch unit {
        case "ms": return count <= 36_525 * 86_400_000 ? .milliseconds(count) : nil
        case "s": seconds = 1
        case "m": seconds = 60
        case "h": seconds = 3600
        case "d": seconds = 86_400
        default: return nil
        }
        // A century is long enough, and keeps sums of durations far from overflow.
        guard count <= 36_525 * 86_400 / seconds else { return nil }
        return .seconds(count * seconds)
    }

    /// `500kB`, `64MB`, `1GB`: powers of a thousand.
    package static func bytes(_ text: String) -> Int? {
        guard let (count, unit) = split(text) else { return nil }
        let factors: [Substring: Int64] = ["B": 1, "kB": 1000, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000]
        guard let factor = factors[unit] else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        return overflow ? nil : Int(exactly: bytes)
    }

    private static func split(_ text: String) -> (count: Int64, unit: Substring)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        return (count, text[digits.endIndex...])
    }
}
