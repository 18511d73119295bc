/// CSV records that neither CSV nor JSON writes in another way than they are stored, as nearly all are: where their fields lie.
struct PlainRecord {
    private let isText: [Bool]

    init(_ columns: [ListColumn]) {
        isText = columns.map { $0.type == .string }
    }

    /// How many starts there are: one of each field, and one of the field that would follow.
    var count: Int { isText.count + 1 }

    /// No plain record has more bytes: each field lies in one window.
    var longest: Int { isText.count * (ScannedText.window + 1) + 1 }

    /// Finds where the fields of the record at `start` begin, and returns where the next record does; nil for any other record.
    ///
    /// So it is for one whose end is not in the text, or that has a long field. Between a field and the next there is one byte.
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

    /// Where a field ends, if its window shows that; nil for a number that would be written otherwise.
    @inline(__always)
    private static func end(
        of isText: Bool, _ text: UnsafeRawBufferPointer, from start: Int, _ window: TextWindow
    ) -> Int? {
        if isText { return window.special(from: start) }
        guard let end = window.noDigit(from: start), end > start else { return nil }
        // No zero too many in front; without a branch for one digit or more, which nobody can guess.
        let (noZero, isOnly) = (text[start] ^ UInt8(ascii: "0"), UInt8(truncatingIfNeeded: (end &- start &- 2) &>> 8))
        guard noZero | isOnly != 0 else { return nil }
        guard text[end] == UInt8(ascii: ".") else { return end }
        guard let next = window.noDigit(from: end &+ 1), next > end &+ 1 else { return nil }
        return next
    }
}
