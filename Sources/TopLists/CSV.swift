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
