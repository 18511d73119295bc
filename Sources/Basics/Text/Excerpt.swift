extension StringProtocol {
    /// The beginning of an untrusted text, for messages: at most this many bytes, and `…` if there is more.
    ///
    /// It is cut between two scalars. A limit in characters would not bound it: one may have any number of combining marks.
    package func excerpt(_ bytes: Int = 50) -> String {
        let text = Substring(self).utf8
        guard let most = text.index(text.startIndex, offsetBy: bytes, limitedBy: text.endIndex), most < text.endIndex
        else {
            return String(self)
        }
        var end = most
        // Move back over the continuation bytes of a scalar.
        while end > text.startIndex, text[end] & 0xC0 == 0x80 { end = text.index(before: end) }
        return String(decoding: text[..<end], as: UTF8.self) + "…"
    }
}

extension StringProtocol {
    /// Whether both texts have the same bytes.
    ///
    /// `==` compares by canonical equivalence, and has to sort combining marks for that, however many there are.
    package func isExactly(_ other: String) -> Bool {
        // A concrete type: comparing the bytes of a generic string takes a hundred times as long.
        let (these, others) = (Substring(self).utf8, other.utf8)
        return these.count == others.count && these.elementsEqual(others)
    }
}
