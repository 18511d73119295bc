import JSON

/// Makes text safe to print: it cannot end a line, hide a part of it, or control the terminal.
///
/// Escapes, as in RFC 8259, section 7: quotes and backslashes; control characters including C1; the line and paragraph
/// separators; and all format characters, because the bidirectional ones (Unicode TR 36, section 2.4) can display a line in
/// another order.
enum SafeText {
    /// Appends the text unchanged if it is one plain word, otherwise in quotes.
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
