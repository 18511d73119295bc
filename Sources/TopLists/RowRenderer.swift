/// Writes rows one behind the other, and notes where each ends.
struct RowRenderer {
    private let style: RowStyle
    private let plain: PlainRecord
    private var bytes: [UInt8] = []
    private var ends: [UInt32]

    var count: Int { ends.count - 1 }

    var rendered: RenderedRows { RenderedRows(format: style.layout.format, bytes: bytes, ends: ends) }

    /// `rows` and `size` are about how many rows and bytes will come.
    init(_ shape: ListShape, as format: ListFormat, rows: Int, size: Int) {
        style = shape.style(format)
        plain = shape.plain
        bytes.reserveCapacity(size)
        bytes += style.layout.opening
        ends = []
        ends.reserveCapacity(rows + 1)
        ends.append(UInt32(bytes.count))
    }

    /// Adds a row out of its quotes.
    mutating func append(_ row: [[UInt8]]) {
        appendSeparator()
        style.layout.append(to: &bytes) { row[$0][...] }
        ends.append(UInt32(bytes.count))
    }

    /// Adds the plain records that begin there as long as they are plain, and no more than so many rows in all; where the next
    /// record begins.
    mutating func appendPlain(_ text: [UInt8], from start: Int, atMost limit: Int) -> Int {
        withUnsafeTemporaryAllocation(of: Int.self, capacity: plain.count) { starts in
            text.withUnsafeBytes { text in
                var position = start
                while count < limit, let end = plain.scan(text, from: position, starts) {
                    append(starts, end - position, of: text)
                    position = end
                }
                return position
            }
        }
    }

    private mutating func append(
        _ starts: UnsafeMutableBufferPointer<Int>, _ length: Int, of text: UnsafeRawBufferPointer
    ) {
        appendSeparator()
        bytes.append(addingCapacity: style.template.longest(length)) { output in
            output.withUnsafeMutableBufferPointer { buffer, count in
                count += style.template.write(starts, of: text, to: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        ends.append(UInt32(bytes.count))
    }

    private mutating func appendSeparator() {
        if style.layout.format == .json, count > 0 { bytes.append(UInt8(ascii: ",")) }
    }
}
