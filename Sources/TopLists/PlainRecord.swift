/// Finds the fields of plain CSV records, which are output exactly as they are stored, in CSV and in JSON; nearly all records are
/// plain.
struct PlainRecord {
    private let isText: [Bool]

    init(_ columns: [ListColumn]) {
        isText = columns.map { $0.type == .string }
    }

    /// The number of starts: one for each field, and one for the field that would follow.
    var count: Int { isText.count + 1 }

    /// The maximum length of a plain record, because each field must fit in one window.
    var longest: Int { isText.count * (ScannedText.window + 1) + 1 }

    /// Finds the starts of the fields of the record at `start`, and returns the start of the next record; nil if it is not plain.
    ///
    /// Also nil if the record's end is not in the text, or it has a long field. Fields are separated by one byte.
    @inline(__always)
    func scan(_ text: ScannedText.Unsafe, from start: Int, _ starts: UnsafeMutableBufferPointer<Int>) -> Int? {
        var (window, position) = (text.window(at: start), start)
        let last = isText.count &- 1
        for column in isText.indices {
            starts[column] = position
            var found = Self.end(of: isText[column], text.bytes, from: position, window)
            if found == nil {
                window = text.window(at: position)
                found = Self.end(of: isText[column], text.bytes, from: position, window)
            }
            guard let end = found, text.bytes[end] == (column < last ? UInt8(ascii: ",") : 0x0D) else { return nil }
            position = end &+ 1
        }
        guard last >= 0, position < text.bytes.count, text.bytes[position] == 0x0A else { return nil }
        starts[last &+ 1] = position
        return position &+ 1
    }

    /// The end of a field, if its window shows it; nil for a number that would be written differently.
    @inline(__always)
    private static func end(
        of isText: Bool, _ text: UnsafeRawBufferPointer, from start: Int, _ window: TextWindow
    ) -> Int? {
        if isText { return window.special(from: start) }
        guard let end = window.noDigit(from: start), end > start else { return nil }
        // Rejects superfluous leading zeros; without a branch on the number of digits, which the processor could not predict.
        let (noZero, isOnly) = (text[start] ^ UInt8(ascii: "0"), UInt8(truncatingIfNeeded: (end &- start &- 2) &>> 8))
        guard noZero | isOnly != 0 else { return nil }
        guard text[end] == UInt8(ascii: ".") else { return end }
        guard let next = window.noDigit(from: end &+ 1), next > end &+ 1 else { return nil }
        return next
    }
}
