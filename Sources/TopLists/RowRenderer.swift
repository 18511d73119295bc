/// Writes rows one behind the other, and notes where each ends.
struct RowRenderer {
    private let layout: RowLayout
    private let template: RowTemplate
    private let plain: PlainRecord
    private var bytes: [UInt8] = []
    private var ends: [UInt32]

    var count: Int { ends.count - 1 }

    var rendered: RenderedRows { RenderedRows(format: layout.format, bytes: bytes, ends: ends) }

    /// `stored` are the columns that there are, `wanted` the titles of those to show; `rows` and `size` are about how many rows
    /// and bytes will come.
    init(_ format: ListFormat, stored: [ListColumn], wanted: [String], rows: Int, size: Int) {
        layout = RowLayout(format, stored: stored, wanted: wanted)
        template = RowTemplate(layout)
        plain = PlainRecord(stored)
        bytes.reserveCapacity(size)
        switch format {
        case .csv: CSV.append(header: wanted, to: &bytes)
        case .json: bytes.append(UInt8(ascii: "["))
        }
        ends = []
        ends.reserveCapacity(rows + 1)
        ends.append(UInt32(bytes.count))
    }

    /// Adds a row out of its quotes.
    mutating func append(_ row: [[UInt8]]) {
        appendSeparator()
        layout.append(to: &bytes) { row[$0][...] }
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
        bytes.append(addingCapacity: template.longest(length)) { output in
            output.withUnsafeMutableBufferPointer { buffer, count in
                count += template.write(starts, of: text, to: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        ends.append(UInt32(bytes.count))
    }

    private mutating func appendSeparator() {
        if layout.format == .json, count > 0 { bytes.append(UInt8(ascii: ",")) }
    }
}
