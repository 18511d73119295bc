extension StringProtocol {
    /// What a message quotes of a text from outside: at most so many bytes of its beginning, and `…` where there is more.
    ///
    /// Cut between two scalars. A number of characters would bound nothing: one may have any number of combining marks.
    package func excerpt(_ bytes: Int = 50) -> String {
        let text = Substring(self).utf8
        guard let most = text.index(text.startIndex, offsetBy: bytes, limitedBy: text.endIndex), most < text.endIndex
        else {
            return String(self)
        }
        var end = most
        // The second and later bytes of a scalar.
        while end > text.startIndex, text[end] & 0xC0 == 0x80 { end = text.index(before: end) }
        return String(decoding: text[..<end], as: UTF8.self) + "…"
    }
}

extension StringProtocol {
    /// Whether the bytes are these.
    ///
    /// `==` compares texts that mean the same, and has to put combining marks in order for that, however many there are.
    package func isExactly(_ other: String) -> Bool {
        // As a type that is known here: of any text a byte would take a hundred times as long.
        let (these, others) = (Substring(self).utf8, other.utf8)
        return these.count == others.count && these.elementsEqual(others)
    }
}
