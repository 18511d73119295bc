/// Quotes text for a command that is printed, so that it can be pasted into a shell as it is.
package enum ShellWord {
    /// Leaves plain words as they are, and uses bash's `$'…'` for what does not show as itself.
    package static func quoted(_ text: String) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/._-+:@%,".utf8.contains(byte)
            }
        }
        if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) {
            return "'" + text.replacing("'", with: #"'\''"#) + "'"
        }
        let bytes = text.utf8.map { byte -> String in
            let digits = String(byte, radix: 16)
            return "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
        return "$'" + bytes.joined() + "'"
    }
}
