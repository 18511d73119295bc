package import Basics
import JSON
package import NIOCore
package import TopLists

/// Rows of many minutes in one format, with gaps between them: the row of a gap has only its minute and its code.
package struct MinuteRows {
    private let format: ListFormat
    private let titles: [String]
    /// The shape for the columns of the last list: most lists of an archive have the same columns.
    private var shape: (columns: [ListColumn], made: ListShape)?
    private var output = ByteBuffer()
    private var isEmpty = true

    private static let minute = "Minute"
    private static let gap = "Gap"

    /// `titles` are the columns between `Minute` and `Gap`.
    package init(_ format: ListFormat, _ titles: [String]) {
        self.format = format
        self.titles = titles
        if format == .csv { output.writeBytes(Self.line([Self.minute] + titles + [Self.gap])) }
        if format == .json { output.writeString("[") }
    }

    /// How many bytes are ready to be taken.
    package var size: Int { output.readableBytes }

    /// Appends rows that are given as CSV with these columns; `Minute` is the first cell, and each line ends with CRLF.
    ///
    /// Throws what `StoredList` throws, before anything is appended.
    package mutating func append(_ rows: [UInt8], _ columns: [ListColumn]) throws(StoredList.Failure) {
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

    /// Appends the first rows of a list, which is CSV with a header and these columns, and puts the minute in front of each.
    ///
    /// Throws what `StoredList` throws, before anything is appended.
    package mutating func append(
        _ list: [UInt8], _ columns: [ListColumn], at minute: Minute, first limit: Int = .max
    ) throws(StoredList.Failure) {
        let shape = shape(of: columns)
        guard let rendered = try StoredList(list, shape).rows(first: limit, as: format) else { return }
        let opening = format == .csv ? "\(minute)," : "{\"\(Self.minute)\":\"\(minute)\","
        output.reserveCapacity(output.readableBytes + rendered.bytes.readableBytes + rendered.count * 32)
        for row in 0..<rendered.count {
            separate()
            // The comma between two objects of an array was already written by `separate`.
            let skipped = format == .csv ? 0 : row > 0 && format == .json ? 2 : 1
            let start = Int(rendered.ends[row]) + skipped
            // In CSV an empty cell for the gap follows.
            let end = Int(rendered.ends[row + 1]) - (format == .csv ? CSV.endOfLine.count : 0)
            let base = rendered.bytes.readerIndex
            guard var bytes = rendered.bytes.getSlice(at: base + start, length: end - start) else { continue }
            output.writeString(opening)
            output.writeBuffer(&bytes)
            if format == .csv { output.writeStaticString(",\r\n") }
        }
    }

    package mutating func append(gap code: String, at minute: Minute) {
        separate()
        if format == .csv {
            output.writeBytes(Self.line(["\(minute)"] + titles.map { _ in "" } + [code]))
            return
        }
        output.writeString("{\"\(Self.minute)\":\"\(minute)\",\"\(Self.gap)\":")
        output.writeString(JSONString.quoted(code))
        output.writeString(format == .json ? "}" : "}\n")
    }

    /// Returns what was appended so far; later calls of `append` continue after it.
    package mutating func take() -> ByteBuffer {
        defer { output = ByteBuffer() }
        return output
    }

    package mutating func finish() -> ByteBuffer {
        output.writeStaticString(format.closing)
        return take()
    }

    private mutating func separate() {
        if !isEmpty, format == .json { output.writeString(",") }
        isEmpty = false
    }

    private mutating func shape(of columns: [ListColumn]) -> ListShape {
        if let shape, shape.columns == columns { return shape.made }
        let made = ListShape(stored: columns, wanted: titles)
        shape = (columns, made)
        return made
    }

    private static func line(_ cells: [String]) -> [UInt8] {
        var line: [UInt8] = []
        CSV.append(header: cells, to: &line)
        return line
    }
}
