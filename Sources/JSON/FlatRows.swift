/// Reads the rows of a feed: a JSON array of objects whose members are scalars.
///
/// The caller must read all members of a row before the next row, and pass the same text with each call.
package struct FlatRowsReader: Sendable {
    private var reader: JSONReader
    private var hasBegun: Bool

    /// Use `.elements` for rows that are joined by commas, without the array's brackets.
    package init(_ start: JSONReader.Start = .value) {
        reader = JSONReader(start)
        hasBegun = start == .elements
    }

    /// The offset after what was read.
    package var position: Int { reader.position }

    /// Starts the next row; returns false after the last one, when the text has been read to its end.
    package mutating func nextRow(in text: Span<UInt8>) throws(JSONSyntaxError) -> Bool {
        var token = try reader.next(in: text)
        if !hasBegun {
            guard token.kind == .beginArray else {
                throw JSONSyntaxError("not an array of rows", at: token.range.lowerBound)
            }
            hasBegun = true
            token = try reader.next(in: text)
        }
        switch token.kind {
        case .beginObject: return true
        case .endArray:
            _ = try reader.next(in: text)
            return false
        case .end: return false
        default: throw JSONSyntaxError("a row is not an object", at: token.range.lowerBound)
        }
    }

    /// The row's next member, whose value is a scalar; nil after the last one.
    package mutating func nextMember(
        in text: Span<UInt8>
    ) throws(JSONSyntaxError) -> (name: JSONToken, value: JSONToken)? {
        let name = try reader.next(in: text)
        guard name.kind != .endObject else { return nil }
        let value = try reader.next(in: text)
        guard value.kind != .beginObject, value.kind != .beginArray else {
            throw JSONSyntaxError("a row's member is not a scalar", at: value.range.lowerBound)
        }
        return (name, value)
    }
}

/// Splits rows into their texts.
package enum FlatRows {
    /// The text of each row of an array.
    package static func lines(of json: [UInt8]) throws(JSONSyntaxError) -> [String] {
        let text = json.span
        var reader = FlatRowsReader()
        var lines: [String] = []
        while try reader.nextRow(in: text) {
            let start = reader.position - 1
            while try reader.nextMember(in: text) != nil {}
            lines.append(String(decoding: json[start..<reader.position], as: UTF8.self))
        }
        return lines
    }

    /// The number of rows in a text of rows joined by commas; throws if it is anything else.
    package static func count(in json: [UInt8]) throws(JSONSyntaxError) -> Int {
        let text = json.span
        var reader = FlatRowsReader(.elements)
        var count = 0
        while try reader.nextRow(in: text) {
            count += 1
            while try reader.nextMember(in: text) != nil {}
        }
        return count
    }
}
