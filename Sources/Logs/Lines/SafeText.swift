/// Text that can neither end a line, nor hide a part of it, nor drive the terminal on which it is read.
///
/// Escaped, as RFC 8259, section 7, spells it, are quotes and backslashes; control characters, C1 included; the line and
/// paragraph separators; and all format characters, of which the bidirectional ones (Unicode TR 36, section 2.4) can
/// show a line in another order than it has.
enum SafeText {
    /// The text in quotes.
    static func appendQuoted(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": output += [UInt8(ascii: "\\"), UInt8(ascii: scalar)]
            case "\n": output += Array("\\n".utf8)
            case "\r": output += Array("\\r".utf8)
            case "\t": output += Array("\\t".utf8)
            case _ where mustBeEscaped(scalar):
                for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                    let digits = String(unit, radix: 16)
                    output += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
                }
            default: output += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    /// The text as it is where that is one clear word, otherwise in quotes.
    static func appendWord(_ text: String, to output: inout [UInt8]) {
        let isWord =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != "\"" && !scalar.properties.isWhitespace && !mustBeEscaped(scalar)
            }
        if isWord { output += Array(text.utf8) } else { appendQuoted(text, to: &output) }
    }

    private static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
