import Basics

/// CSV records that neither CSV nor JSON writes in another way than they are stored, as nearly all are: where their fields lie.
struct PlainRecord {
    private let isText: [Bool]

    init(_ columns: [ListColumn]) {
        isText = columns.map { $0.type == .string }
    }

    /// How many starts there are: one of each field, and one of the field that would follow.
    var count: Int { isText.count + 1 }

    /// Finds where the fields of the record at `start` begin, and returns where the next record does; nil for any other record.
    ///
    /// So it is for one whose end is not in the text. Between a field and the next there is one byte.
    func scan(_ text: UnsafeRawBufferPointer, from start: Int, _ starts: UnsafeMutableBufferPointer<Int>) -> Int? {
        var position = start
        for column in isText.indices {
            starts[column] = position
            let end = isText[column] ? Self.endOfText(text, from: position) : Self.endOfNumber(text, from: position)
            guard end < text.count, isText[column] || Self.isNumber(text, position, end) else { return nil }
            guard text[end] == (column + 1 < isText.count ? UInt8(ascii: ",") : 0x0D) else { return nil }
            position = end + 1
        }
        guard position < text.count, text[position] == 0x0A else { return nil }
        starts[isText.count] = position
        return position + 1
    }

    /// Where bytes begin that JSON escapes, or that CSV has for something else.
    private static func endOfText(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        while let eight = EightBytes(text, at: position) {
            let special =
                eight.areBelow0x20 | eight.are("\"") | eight.are(",") | eight.are("\\") | eight.are("\u{7F}")
            if special != 0 { return position + EightBytes.first(special) }
            position += 8
        }
        while position < text.count, isPlain(text[position]) { position += 1 }
        return position
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: ",")
            && byte != UInt8(ascii: "\\")
    }

    private static func endOfNumber(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        let end = endOfDigits(text, from: start)
        guard end < text.count, text[end] == UInt8(ascii: ".") else { return end }
        return endOfDigits(text, from: end + 1)
    }

    private static func endOfDigits(_ text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        while let eight = EightBytes(text, at: position) {
            let others = eight.areNoDigits
            if others != 0 { return position + EightBytes.first(others) }
            position += 8
        }
        while position < text.count, isDigit(text[position]) { position += 1 }
        return position
    }

    /// Whether what `endOfNumber` found is written as it stands: digits on both sides of a point, no zero too many in front.
    private static func isNumber(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Bool {
        guard start < end, isDigit(text[start]), isDigit(text[end - 1]) else { return false }
        return text[start] != UInt8(ascii: "0") || end == start + 1 || text[start + 1] == UInt8(ascii: ".")
    }
}
