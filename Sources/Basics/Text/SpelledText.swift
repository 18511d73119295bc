/// A text to be found in any spelling: plain, percent-encoded (RFC 3986), escaped as in JSON (RFC 8259) or in HTML, or a mixture.
package struct SpelledText: Sendable {
    /// The spellings of each character, the longest first.
    private let characters: [[Spelling]]

    private struct Spelling {
        let bytes: [UInt8]
        /// Whether letters count in any case: those of an escape, and not those of the text itself.
        let isEscape: Bool

        func fits(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
            guard start + bytes.count <= text.count else { return false }
            for (index, byte) in bytes.enumerated() {
                let found = text[start + index]
                guard found == byte || (isEscape && lowercased(found) == byte) else { return false }
            }
            return true
        }
    }

    package init(_ text: String) {
        characters = text.unicodeScalars.map(Self.spellings)
    }

    /// The bytes with which it may begin.
    package var firstBytes: Set<UInt8> { Set(characters.first?.compactMap(\.bytes.first) ?? []) }

    /// Where the text ends that begins at `start`; nil if another one stands there, and for an empty text.
    ///
    /// One spelling may be the beginning of another, so it keeps all places where a character may end: the cost is that of the
    /// text's length, whatever the text.
    package func end(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        guard !characters.isEmpty else { return nil }
        var places = [start]
        var next: [Int] = []
        for spellings in characters {
            next.removeAll(keepingCapacity: true)
            for place in places {
                for spelling in spellings where spelling.fits(text, at: place) {
                    let end = place + spelling.bytes.count
                    if !next.contains(end) { next.append(end) }
                }
            }
            guard !next.isEmpty else { return nil }
            swap(&places, &next)
        }
        return places.max()
    }

    private static func spellings(_ scalar: Unicode.Scalar) -> [Spelling] {
        let plain = Array(String(scalar).utf8)
        var escapes = [plain.map { "%" + hexadecimal($0, width: 2) }.joined()]
        escapes.append(String(scalar).utf16.map { "\\u" + hexadecimal($0, width: 4) }.joined())
        escapes += [
            "&#\(scalar.value);", "&#0\(scalar.value);", "&#x\(hexadecimal(scalar.value, width: 1));",
            "&#x\(hexadecimal(scalar.value, width: 2));",
        ]
        switch scalar {
        case "/": escapes.append("\\/")
        case "\"": escapes += ["\\\"", "&quot;"]
        case "\\": escapes.append("\\\\")
        case "\n": escapes.append("\\n")
        case "\r": escapes.append("\\r")
        case "\t": escapes.append("\\t")
        case " ": escapes.append("+")
        case "&": escapes.append("&amp;")
        case "<": escapes.append("&lt;")
        case ">": escapes.append("&gt;")
        case "'": escapes += ["&apos;", "\\'"]
        default: break
        }
        let spellings = escapes.map { Spelling(bytes: Array($0.utf8), isEscape: true) }
        return (spellings + [Spelling(bytes: plain, isEscape: false)]).sorted { $0.bytes.count > $1.bytes.count }
    }
}
