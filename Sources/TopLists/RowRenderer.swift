import NIOCore

/// Writes rows one after the other, and records where each ends.
struct RowRenderer {
    private let style: RowStyle
    private let plain: PlainRecord
    private var bytes = ByteBuffer()
    private var ends: [UInt32]

    var count: Int { ends.count - 1 }

    /// The rows, without unused capacity.
    var rendered: RenderedRows {
        var bytes = bytes
        bytes.shrinkBufferCapacity(to: bytes.readableBytes)
        return RenderedRows(format: style.layout.format, bytes: bytes, ends: ends)
    }

    /// `rows` and `size` are estimates of how many rows and bytes will be written.
    init(_ shape: ListShape, as format: ListFormat, rows: Int, size: Int) {
        style = shape.style(format)
        plain = shape.plain
        bytes.reserveCapacity(size)
        bytes.writeBytes(style.layout.opening)
        ends = []
        ends.reserveCapacity(rows + 1)
        ends.append(UInt32(bytes.writerIndex))
    }

    /// Adds a row, given as unquoted fields.
    mutating func append(_ row: [[UInt8]]) {
        var written = count > 0 ? style.layout.format.separator : []
        style.layout.append(to: &written) { row[$0][...] }
        bytes.writeBytes(written)
        ends.append(UInt32(bytes.writerIndex))
    }

    /// Adds plain records from `start` on, until one is not plain or there are `limit` rows in total; returns where the next
    /// record begins.
    mutating func appendPlain(_ text: ScannedText, from start: Int, atMost limit: Int) -> Int {
        text.withUnsafe { text in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: plain.count) { starts in
                withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batch) { newEnds in
                    var position = start
                    while true {
                        let end = append(text, from: position, starts, newEnds, atMost: min(Self.batch, limit - count))
                        if end == position { return position }
                        position = end
                    }
                }
            }
        }
    }

    private static let batch = 100

    /// Adds a limited number of plain records; returns where the next record begins.
    ///
    /// `starts` must have space for one record's fields, and `newEnds` for that many rows.
    private mutating func append(
        _ text: ScannedText.Unsafe, from start: Int, _ starts: UnsafeMutableBufferPointer<Int>,
        _ newEnds: UnsafeMutableBufferPointer<UInt32>, atMost limit: Int
    ) -> Int {
        // The separator is at most a comma.
        let (plain, template, separator) = (plain, style.template, style.layout.format.separator.first)
        let (before, longest, hadRows) = (bytes.writerIndex, template.longest(plain.longest), count > 0)
        var (position, rows) = (start, 0)
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: longest) { output in
            var size = 0
            while rows < limit, output.count &- size >= longest,
                let end = plain.scan(text, from: position, starts)
            {
                if let separator, hadRows || rows > 0 {
                    output[size] = separator
                    size &+= 1
                }
                template.write(starts, of: text.bytes, to: output, at: &size)
                newEnds[rows] = UInt32(before + size)
                rows &+= 1
                position = end
            }
            return size
        }
        ends += newEnds.prefix(rows)
        return position
    }
}
