/// A minute's list as it is stored, or as much of its beginning as was read.
package struct StoredList: Sendable {
    private let text: [UInt8]
    private let isWhole: Bool
    private let columns: [ListColumn]

    /// Raised whenever the same stored list is rendered otherwise than before: entity tags hold it.
    package static let rendering = 1

    package enum Failure: Error, Equatable {
        case headerMissing
        case rowMalformed(line: Int)
    }

    /// `columns` are the stored ones, in order.
    ///
    /// `isWhole` says that nothing of the list comes behind the text.
    package init(_ text: [UInt8], isWhole: Bool = true, columns: [ListColumn]) {
        self.text = text
        self.isWhole = isWhole
        self.columns = columns
    }

    /// Renders the wanted columns of the first rows, or of all when there are fewer; nil when the text ends too early to tell.
    ///
    /// A wanted column that is not stored is empty in CSV and null in JSON, as is a number that cannot be read as one.
    package func rows(
        first limit: Int = .max, as format: ListFormat, wanted: [String]
    ) throws(Failure) -> RenderedRows? {
        var reader = CSVReader(text)
        let header = reader.next()
        // What ends with the text may go on behind it.
        guard isWhole || reader.position < text.count else { return nil }
        guard header == columns.map({ Array($0.name.utf8) }) else { throw .headerMissing }
        // An object names its members.
        let size = format == .csv ? text.count : text.count * 3
        var rows = RowRenderer(
            format, stored: columns, wanted: wanted, rows: min(limit, text.count / max(1, columns.count * 2)),
            size: size)
        var position = reader.position
        while rows.count < limit, position < text.count {
            position = rows.appendPlain(text, from: position, atMost: limit)
            guard rows.count < limit, position < text.count else { break }
            reader.position = position
            let row = reader.next() ?? []
            position = reader.position
            guard isWhole || position < text.count else { return nil }
            guard row.count == columns.count else { throw .rowMalformed(line: rows.count + 2) }
            rows.append(row)
        }
        return isWhole || rows.count == limit ? rows.rendered : nil
    }
}
