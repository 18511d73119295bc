import Basics

/// A minute's list as stored, or the beginning of it that was read.
package struct StoredList: Sendable {
    private let scanned: ScannedText
    private let isWhole: Bool
    private let shape: ListShape

    /// Increased whenever the same stored list is rendered differently; entity tags include it.
    package static let rendering = 3

    /// Why a list cannot be rendered; `line` counts records from 1, the header included.
    package enum Failure: Error, Equatable {
        case headerMissing
        case rowMalformed(line: Int)
        case notUTF8
    }

    /// `isWhole` says that the text contains the whole list.
    package init(_ text: [UInt8], isWhole: Bool = true, _ shape: ListShape) {
        scanned = ScannedText(text)
        self.isWhole = isWhole
        self.shape = shape
    }

    private var text: [UInt8] { scanned.bytes }

    /// Renders the first rows, or all if there are fewer; nil if the text ends too early.
    ///
    /// An unreadable number is empty in CSV and null elsewhere. Throws if the rows or the header are not UTF-8.
    package func rows(first limit: Int = .max, as format: ListFormat) throws(Failure) -> RenderedRows? {
        guard var position = try endOfHeader() else { return nil }
        let columns = shape.stored.count
        let size = text.count * format.values.growth
        var rows = RowRenderer(shape, as: format, rows: min(limit, text.count / max(1, columns * 2)), size: size)
        var reader = CSVReader(text)
        while rows.count < limit, position < text.count {
            position = rows.appendPlain(scanned, from: position, atMost: limit)
            guard rows.count < limit, position < text.count else { break }
            reader.position = position
            let row = reader.next() ?? []
            position = reader.position
            guard isWhole || position < text.count else { return nil }
            guard row.count == columns else { throw .rowMalformed(line: rows.count + 2) }
            rows.append(row)
        }
        guard isWhole || rows.count == limit else { return nil }
        // The formats promise UTF-8, and rows are copied unchanged.
        guard Self.isUTF8(text, upTo: position) else { throw .notUTF8 }
        return rows.rendered
    }

    private static func isUTF8(_ text: [UInt8], upTo end: Int) -> Bool {
        (try? UTF8Span(validating: text.span.extracting(0..<end))) != nil
    }

    /// Where the first row begins; nil if the text ends too early.
    private func endOfHeader() throws(Failure) -> Int? {
        if text.starts(with: shape.header) {
            return isWhole || shape.header.count < text.count ? shape.header.count : nil
        }
        var reader = CSVReader(text)
        let titles = reader.next()
        // A record at the end of the text may be incomplete.
        guard isWhole || reader.position < text.count else { return nil }
        guard titles == shape.stored.map({ Array($0.name.utf8) }) else { throw .headerMissing }
        return reader.position
    }
}
