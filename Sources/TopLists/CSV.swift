/// Comma-separated values according to RFC 4180: CRLF ends every line, and quotes are only used where necessary.
package enum CSV {
    /// Appends the field, in quotes if it contains a comma, a quote, CR or LF.
    package static func append(field: some Collection<UInt8>, to output: inout [UInt8]) {
        append(field: Array(field)[...], to: &output)
    }

    /// The same, without a copy of the field.
    package static func append(field: ArraySlice<UInt8>, to output: inout [UInt8]) {
        guard field.contains(where: needsQuotes) else {
            output += field
            return
        }
        output.append(UInt8(ascii: "\""))
        for byte in field {
            if byte == UInt8(ascii: "\"") { output.append(byte) }
            output.append(byte)
        }
        output.append(UInt8(ascii: "\""))
    }

    /// Appends the titles separated by commas, and the end of the line.
    package static func append(header titles: [String], to output: inout [UInt8]) {
        for (index, title) in titles.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            append(field: title.utf8, to: &output)
        }
        output += endOfLine
    }

    /// CRLF (RFC 4180, section 2).
    package static let endOfLine: [UInt8] = [0x0D, 0x0A]

    private static func needsQuotes(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == 0x0D || byte == 0x0A
    }
}

/// Reads CSV record by record, with CRLF or LF between them.
package struct CSVReader {
    private let text: [UInt8]
    /// Where the next record begins.
    package var position = 0

    /// The text need not be well-formed: an unclosed quote ends with the text, and nothing throws.
    package init(_ text: [UInt8]) {
        self.text = text
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
            if separator == UInt8(ascii: ",") { continue }
            if separator == 0x0D, position < text.count, text[position] == 0x0A { position += 1 }
            return fields
        }
    }

    private mutating func field() -> [UInt8] {
        guard position < text.count, text[position] == UInt8(ascii: "\"") else { return plainField() }
        var field: [UInt8] = []
        position += 1
        while position < text.count {
            let byte = text[position]
            position += 1
            guard byte == UInt8(ascii: "\"") else {
                field.append(byte)
                continue
            }
            // Two quotes are one inside the field; a single one ends it.
            guard position < text.count, text[position] == byte else { break }
            field.append(byte)
            position += 1
        }
        return field + plainField()
    }

    private mutating func plainField() -> [UInt8] {
        let start = position
        while position < text.count, text[position] != UInt8(ascii: ","), text[position] != 0x0D, text[position] != 0x0A
        {
            position += 1
        }
        return Array(text[start..<position])
    }
}
