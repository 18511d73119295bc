/// Text out of Redis, as status shows it: whoever can write there must not write on the terminal, nor into a shell.
enum ShownText {
    /// The text on one line, at most 200 characters of it; what is hidden is shown as `?`.
    static func line(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(200).map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: Character("?")
            default: Character(scalar)
            }
        }
        return String(scalars)
    }

    /// The text as one word of a shell, whatever it holds: bash's `$'…'` where quotes alone do not do.
    static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "'") }
        if isPlain { return "'\(text)'" }
        let bytes = text.utf8.map { byte -> String in
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
        return "$'" + bytes.joined() + "'"
    }
}
