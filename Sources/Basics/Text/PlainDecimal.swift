/// Numbers as text: digits with at most one point and no exponent, which any CSV or JSON reader accepts.
///
/// The digits are those of the source; nothing is converted to floating point.
package enum PlainDecimal {
    /// A number that needs more zeros than this is rejected as garbage.
    private static let mostZeros = 400

    /// Writes the number as a plain decimal: `1.2e-09` becomes `0.0000000012`, `1.50` stays `1.50`.
    ///
    /// Accepts the grammar of RFC 8259, section 6. Returns false and writes nothing for anything else, such as `NaN` and
    /// `Infinity`, and for an exponent that would need hundreds of zeros.
    package static func append(_ token: some Collection<UInt8>, to output: inout [UInt8]) -> Bool {
        append(Array(token)[...], to: &output)
    }

    /// The same, for bytes that are usually a plain decimal already and only need to be copied.
    package static func append(_ token: ArraySlice<UInt8>, to output: inout [UInt8]) -> Bool {
        guard !isPlain(token) else {
            output += token
            return true
        }
        guard let number = DecimalText(token), (number.exponent ?? 0).magnitude <= mostZeros else { return false }
        let digits = number.digits
        guard digits.contains(where: { $0 != UInt8(ascii: "0") }) else {
            return appendZero(places: number.exponent == nil ? number.places : 0, to: &output)
        }
        if number.isNegative { output.append(UInt8(ascii: "-")) }
        guard let exponent = number.exponent else {
            append(digits, places: number.places, to: &output)
            return true
        }
        let significant = Array(digits.drop { $0 == UInt8(ascii: "0") })
        let places = number.places - exponent
        if places <= 0 {
            output += significant
            output += [UInt8](repeating: UInt8(ascii: "0"), count: -places)
        } else {
            let lead = max(0, places - significant.count + 1)
            append([UInt8](repeating: UInt8(ascii: "0"), count: lead) + significant, places: places, to: &output)
        }
        return true
    }

    /// Whether `append` copies the token unchanged: digits, perhaps with a point between them, and no superfluous leading zero.
    private static func isPlain(_ token: ArraySlice<UInt8>) -> Bool {
        guard let first = token.first, isDigit(first), let last = token.last, isDigit(last) else { return false }
        var points = 0
        for byte in token where !isDigit(byte) {
            guard byte == UInt8(ascii: ".") else { return false }
            points += 1
        }
        guard points <= 1 else { return false }
        return first != UInt8(ascii: "0") || token.count == 1 || token[token.startIndex + 1] == UInt8(ascii: ".")
    }

    /// Like `append`, but returns a string; nil if `append` returns false.
    package static func text(_ token: some Collection<UInt8>) -> String? {
        var output: [UInt8] = []
        return append(token, to: &output) ? String(decoding: output, as: UTF8.self) : nil
    }

    private static func append(_ digits: [UInt8], places: Int, to output: inout [UInt8]) {
        output += digits.dropLast(places)
        guard places > 0 else { return }
        output.append(UInt8(ascii: "."))
        output += digits.suffix(places)
    }

    /// Zero is written without a sign, but keeps its decimals.
    private static func appendZero(places: Int, to output: inout [UInt8]) -> Bool {
        append([UInt8](repeating: UInt8(ascii: "0"), count: places + 1), places: places, to: &output)
        return true
    }
}
