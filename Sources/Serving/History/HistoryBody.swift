import Basics
import JSON
import NIOCore
import TopLists

/// Rows of many minutes in one format, and gaps between them: a gap is a row that has its minute and its code alone.
struct HistoryBody {
    let format: ListFormat
    private let titles: [String]
    private var output = ByteBuffer()
    private var isEmpty = true

    private static let minute = "Minute"
    private static let gap = "Gap"

    /// `titles` are those of the columns between `Minute` and `Gap`.
    init(_ format: ListFormat, _ titles: [String]) {
        self.format = format
        self.titles = titles
        if format == .csv { output.writeString(([Self.minute] + titles + [Self.gap]).csvLine) }
        if format == .json { output.writeString("[") }
    }

    /// How many bytes wait to be taken.
    var size: Int { output.readableBytes }

    /// Appends rows that are given as CSV with these columns, `Minute` first, each line with its CRLF.
    ///
    /// Throws what `StoredList` throws, before anything is appended.
    mutating func append(_ rows: [UInt8], _ columns: [ListColumn]) throws(StoredList.Failure) {
        let stored = [ListColumn(name: Self.minute, type: .string)] + columns
        let wanted = [Self.minute] + titles + (format == .csv ? [Self.gap] : [])
        var csv: [UInt8] = []
        csv.reserveCapacity(rows.count + 100)
        CSV.append(header: stored.map(\.name), to: &csv)
        csv += rows
        guard let rendered = try StoredList(csv, ListShape(stored: stored, wanted: wanted)).rows(as: format),
            rendered.count > 0
        else { return }
        separate()
        var bytes = rendered.bytes
        bytes.moveReaderIndex(forwardBy: Int(rendered.ends[0]))
        output.writeBuffer(&bytes)
    }

    /// Appends the first rows of a list, which is CSV with a header and these columns, each with the minute in front.
    ///
    /// Throws what `StoredList` throws, before anything is appended.
    mutating func append(
        _ list: [UInt8], _ columns: [ListColumn], at minute: Minute, first limit: Int
    ) throws(StoredList.Failure) {
        let stored = StoredList(list, ListShape(stored: columns, wanted: titles))
        guard let rendered = try stored.rows(first: limit, as: format) else { return }
        let opening = format == .csv ? "\(minute)," : "{\"\(Self.minute)\":\"\(minute)\","
        output.reserveCapacity(output.readableBytes + rendered.bytes.readableBytes + rendered.count * 32)
        for row in 0..<rendered.count {
            separate()
            var bytes = rendered.bytes
            bytes.moveReaderIndex(to: bytes.readerIndex + Int(rendered.ends[row]))
            bytes =
                bytes.getSlice(at: bytes.readerIndex, length: Int(rendered.ends[row + 1] - rendered.ends[row])) ?? bytes
            output.writeString(opening)
            switch format {
            case .csv:
                bytes = bytes.getSlice(at: bytes.readerIndex, length: bytes.readableBytes - 2) ?? bytes
                output.writeBuffer(&bytes)
                output.writeStaticString(",\r\n")
            case .json, .ndjson:
                // The brace that opens the object, and what separates it from the one before.
                bytes.moveReaderIndex(forwardBy: row > 0 && format == .json ? 2 : 1)
                output.writeBuffer(&bytes)
            }
        }
    }

    mutating func append(gap code: String, at minute: Minute) {
        separate()
        switch format {
        case .csv:
            let cells = ["\(minute)"] + titles.map { _ in "" } + [code]
            output.writeString(cells.csvLine)
        case .json, .ndjson:
            output.writeString("{\"\(Self.minute)\":\"\(minute)\",\"\(Self.gap)\":")
            output.writeString(JSONString.quoted(code))
            output.writeString(format == .json ? "}" : "}\n")
        }
    }

    /// Takes what there is so far; `append` goes on behind it.
    mutating func take() -> ByteBuffer {
        defer { output = ByteBuffer() }
        return output
    }

    mutating func finish() -> ByteBuffer {
        output.writeStaticString(format.closing)
        return take()
    }

    private mutating func separate() {
        if !isEmpty, format == .json { output.writeString(",") }
        isEmpty = false
    }
}

extension [String] {
    fileprivate var csvLine: String {
        var line: [UInt8] = []
        CSV.append(header: self, to: &line)
        return String(decoding: line, as: UTF8.self)
    }
}
