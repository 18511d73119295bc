import JSON

/// Text that can neither end a line, nor hide a part of it, nor drive the terminal on which it is read.
///
/// Escaped, as RFC 8259, section 7, spells it, are quotes and backslashes; control characters, C1 included; the line and
/// paragraph separators; and all format characters, of which the bidirectional ones (Unicode TR 36, section 2.4) can
/// show a line in another order than it has.
enum SafeText {
    /// The text as it is where that is one clear word, otherwise in quotes.
    static func appendWord(_ text: String, to output: inout [UInt8]) {
        let isWord =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy { scalar in
                scalar != "\"" && !scalar.properties.isWhitespace && !mustBeEscaped(scalar)
            }
        if isWord {
            output += Array(text.utf8)
        } else {
            JSONString.append(text, to: &output, escaping: mustBeEscaped)
        }
    }

    static func mustBeEscaped(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.isASCII else { return scalar.value < 0x20 || scalar.value == 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
