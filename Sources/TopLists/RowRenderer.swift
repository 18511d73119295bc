/// Writes rows one behind the other, and notes where each ends.
struct RowRenderer {
    private let format: ListFormat
    private var bytes: [UInt8] = []
    private var ends: [UInt32]

    var count: Int { ends.count - 1 }

    var rendered: RenderedRows { RenderedRows(format: format, bytes: bytes, ends: ends) }

    /// `capacity` is about how many bytes will come.
    init(_ format: ListFormat, titles: [String], capacity: Int) {
        self.format = format
        bytes.reserveCapacity(capacity)
        switch format {
        case .csv: CSV.append(header: titles, to: &bytes)
        case .json: bytes.append(UInt8(ascii: "["))
        }
        ends = [UInt32(bytes.count)]
    }

    /// A row out of its quotes.
    mutating func append(_ row: [[UInt8]], by layout: RowLayout) {
        appendSeparator()
        layout.append(to: &bytes) { row[$0][...] }
        ends.append(UInt32(bytes.count))
    }

    /// A row that is so long in the text.
    mutating func append(
        _ record: borrowing PlainRecord, _ length: Int, of text: Span<UInt8>, by template: borrowing RowTemplate
    ) {
        appendSeparator()
        bytes.append(addingCapacity: template.longest(length)) { output in
            output.withUnsafeMutableBufferPointer { buffer, count in
                count += template.write(record, of: text, to: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        ends.append(UInt32(bytes.count))
    }

    private mutating func appendSeparator() {
        if format == .json, count > 0 { bytes.append(UInt8(ascii: ",")) }
    }
}
