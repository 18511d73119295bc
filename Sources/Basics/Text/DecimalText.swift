/// The parts of a number as JSON writes it (RFC 8259, section 6); nothing is converted to floating point.
package struct DecimalText: Sendable {
    package private(set) var isNegative = false
    /// All digits, those of the fraction included.
    package private(set) var digits: [UInt8] = []
    /// How many of the digits belong to the fraction.
    package private(set) var places = 0
    /// nil if none is written; one beyond a million million is cut to that.
    package private(set) var exponent: Int?

    /// nil for anything else than a number.
    package init?(_ token: some Collection<UInt8>) {
        var rest = token[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest = rest.dropFirst()
        }
        let whole = rest.prefix(while: isDigit)
        guard let lead = whole.first, whole.count == 1 || lead != UInt8(ascii: "0") else { return nil }
        digits = Array(whole)
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !fraction.isEmpty else { return nil }
            digits += fraction
            places = fraction.count
            rest = rest.dropFirst(1 + places)
        }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            guard let exponent = Self.exponent(rest.dropFirst()) else { return nil }
            self.exponent = exponent
            rest = rest.dropFirst(rest.count)
        }
        guard rest.isEmpty else { return nil }
    }

    private static func exponent(_ text: some Collection<UInt8>) -> Int? {
        let isSigned = text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+")
        let digits = text.dropFirst(isSigned ? 1 : 0)
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        let value = digits.reduce(0) { min(1_000_000_000_000, $0 * 10 + Int($1 - UInt8(ascii: "0"))) }
        return text.first == UInt8(ascii: "-") ? -value : value
    }
}

/// ASCII digits only; other scripts' digits do not count.
@inlinable
package func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
}
