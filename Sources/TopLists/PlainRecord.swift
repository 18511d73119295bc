import Basics

/// A CSV record that neither CSV nor JSON writes in another way than it is stored, as nearly all are: where its fields lie.
struct PlainRecord {
    private let isText: [Bool]
    private(set) var fields: [Range<Int>]

    init(_ columns: [ListColumn]) {
        isText = columns.map { $0.type == .string }
        fields = columns.map { _ in 0..<0 }
    }

    /// Finds the fields of the record that begins there, and returns where the next one does; nil for any other record, and
    /// for one whose end is not in the text.
    mutating func scan(_ text: Span<UInt8>, from start: Int) -> Int? {
        var position = start
        for column in fields.indices {
            if column > 0 {
                guard position < text.count, text[position] == UInt8(ascii: ",") else { return nil }
                position += 1
            }
            let first = position
            position = isText[column] ? Self.endOfText(text, from: first) : Self.endOfNumber(text, from: first)
            guard isText[column] || Self.isNumber(text, first, position) else { return nil }
            fields[column] = first..<position
        }
        guard position + 1 < text.count, text[position] == 0x0D, text[position + 1] == 0x0A else { return nil }
        return position + 2
    }

    /// Where bytes begin that JSON escapes, or that CSV has for something else.
    private static func endOfText(_ text: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.count {
            let byte = text[position]
            // In the order of how often they decide.
            guard byte > UInt8(ascii: ","), byte != UInt8(ascii: "\\"), byte != 0x7F else {
                guard byte >= 0x20, byte < UInt8(ascii: ","), byte != UInt8(ascii: "\"") else { return position }
                position += 1
                continue
            }
            position += 1
        }
        return position
    }

    private static func endOfNumber(_ text: Span<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.count, isDigit(text[position]) { position += 1 }
        guard position < text.count, text[position] == UInt8(ascii: ".") else { return position }
        position += 1
        while position < text.count, isDigit(text[position]) { position += 1 }
        return position
    }

    /// Whether what `endOfNumber` found is written as it stands: digits on both sides of a point, no zero too many in front.
    private static func isNumber(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard start < end, isDigit(text[start]), isDigit(text[end - 1]) else { return false }
        return text[start] != UInt8(ascii: "0") || end == start + 1 || text[start + 1] == UInt8(ascii: ".")
    }
}
