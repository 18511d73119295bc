/// A CSV record without a quote, as nearly all are: where its fields lie in the text.
struct PlainRecord {
    private(set) var fields: [Range<Int>] = []
    /// Whether JSON writes none of its bytes in another way.
    private(set) var isPlainInJSON = true

    /// Finds the record that begins there, and returns where the next one does; nil when a quote stands in it.
    ///
    /// Reads as `CSVReader` does.
    mutating func scan(_ text: Span<UInt8>, from start: Int) -> Int? {
        fields.removeAll(keepingCapacity: true)
        isPlainInJSON = true
        var (position, fieldStart) = (start, start)
        while position < text.count {
            let byte = text[position]
            switch byte {
            case UInt8(ascii: ","):
                fields.append(fieldStart..<position)
                fieldStart = position + 1
            case 0x0D, 0x0A:
                fields.append(fieldStart..<position)
                let isPair = byte == 0x0D && position + 1 < text.count && text[position + 1] == 0x0A
                return position + (isPair ? 2 : 1)
            case UInt8(ascii: "\""): return nil
            case 0..<0x20, UInt8(ascii: "\\"), 0x7F: isPlainInJSON = false
            default: break
            }
            position += 1
        }
        fields.append(fieldStart..<position)
        return position
    }
}
