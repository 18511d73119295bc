/// Reads CSV record by record, with CRLF, LF or CR between them.
package struct CSVReader {
    private let text: [UInt8]
    private let delimiter: UInt8
    /// Whether blanks before a quote do not matter.
    private let skipsBlanks: Bool
    /// Where the next record begins.
    package var position = 0
    /// Whether the text ended within quotes.
    package private(set) var isCut = false

    /// The text need not be well-formed: an unclosed quote ends with the text, and nothing throws.
    package init(_ text: [UInt8], delimiter: UInt8 = UInt8(ascii: ","), skipsBlanks: Bool = false) {
        self.skipsBlanks = skipsBlanks
        self.text = text
        self.delimiter = delimiter
    }

    /// Moves on by this many lines, whatever is in them.
    package mutating func skipLines(_ count: Int) {
        for _ in 0..<count {
            guard let end = text[position...].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else {
                position = text.count
                return
            }
            position = end + 1
            if text[end] == 0x0D, position < text.count, text[position] == 0x0A { position += 1 }
        }
    }

    /// The unquoted fields of the next record; nil at the end.
    package mutating func next() -> [[UInt8]]? {
        guard position < text.count else { return nil }
        var fields: [[UInt8]] = []
        while true {
            fields.append(field())
            guard position < text.count else { return fields }
            let separator = text[position]
            position += 1
            if separator == delimiter { continue }
            if separator == 0x0D, position < text.count, text[position] == 0x0A { position += 1 }
            return fields
        }
    }

    private mutating func field() -> [UInt8] {
        if skipsBlanks {
            let rest = text[position...].drop { $0 == 0x20 || ($0 == 0x09 && delimiter != 0x09) }
            if rest.first == UInt8(ascii: "\"") { position = rest.startIndex }
        }
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { return plainField() }
        var field: [UInt8] = []
        position += 1
        isCut = true
        while position < text.count {
            let byte = text[position]
            position += 1
            guard byte == UInt8(ascii: "\"") else {
                field.append(byte)
                continue
            }
            // Two quotes are one inside the field; a single one ends it.
            guard position < text.count, text[position] == byte else {
                isCut = false
                break
            }
            field.append(byte)
            position += 1
        }
        return field + plainField()
    }

    private mutating func plainField() -> [UInt8] {
        let start = position
        while position < text.count, text[position] != delimiter, text[position] != 0x0D, text[position] != 0x0A {
            position += 1
        }
        return Array(text[start..<position])
    }
}
