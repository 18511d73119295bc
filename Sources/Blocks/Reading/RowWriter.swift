import TopLists

/// Writes the rows of a segment's lists as they were stored.
struct RowWriter {
    private enum Source {
        case key
        case order
        case chunk(Int)
        case label(Int)
    }

    private let sources: [Source]

    init(_ layout: Layout, _ order: Int?, _ labelNames: [String]) {
        let chunkColumns = layout.chunkColumns(order)
        sources = layout.columns.indices.map { column in
            if column == layout.key { return .key }
            if column == order { return .order }
            if let place = chunkColumns.firstIndex(of: column) { return .chunk(place) }
            return .label(labelNames.firstIndex(of: layout.columns[column].name) ?? -1)
        }
    }

    /// A row of a coin's chunk, counted from its first, and the list and the minute that it is of.
    struct Row {
        let number: Int
        let list: Int
        let minute: Int
    }

    /// Appends the cell that a row of the chunk has in a column.
    func append(
        _ column: Int, _ key: Int64, _ entry: DirectoryGroup.Entry, _ chunk: Chunk, _ row: Int, minute: Int,
        to text: inout [UInt8]
    ) {
        switch sources[column] {
        case .key: PlainNumber.append(key, places: 0, isStripped: false, to: &text)
        case .order: PlainNumber.append(chunk.order(ofRow: row), places: 0, isStripped: false, to: &text)
        case .chunk(let place): chunk.columns[place].append(row, to: &text)
        case .label(let place): if place >= 0 { text += entry.label(place, at: minute) ?? [] }
        }
    }

    /// Appends a column of the rows.
    private func append(
        _ column: Int, _ key: Int64, _ entry: DirectoryGroup.Entry, _ chunk: Chunk, _ rows: [Row], to cells: inout Cells
    ) {
        guard let first = rows.first else { return }
        let isEqual =
            switch sources[column] {
            case .key: true
            case .label(let place): place < 0 || entry.isConstant(place, from: first.minute)
            case .order, .chunk: false
            }
        for row in isEqual ? rows.prefix(1) : rows[...] {
            cells.append { append(column, key, entry, chunk, row.number, minute: row.minute, to: &$0) }
        }
        if isEqual { cells.repeatLast(rows.count - 1) }
    }

    /// Appends the rows, with all their columns; `row` gets the number of each and where it stands then.
    func append(
        _ key: Int64, _ entry: DirectoryGroup.Entry, _ chunk: Chunk, _ rows: [Row], to csv: inout [UInt8],
        through cells: inout Cells, _ row: (Int, Range<Int>) -> Void
    ) {
        cells.removeAll()
        for column in sources.indices { append(column, key, entry, chunk, rows, to: &cells) }
        cells.append(rows: rows.count, to: &csv, row)
    }
}

/// Rows of a segment's lists as texts, written coin by coin and put in order list by list.
struct SegmentRows {
    private struct Row {
        let order: Int64
        let start: Int
        let end: Int
    }

    private let header: [UInt8]
    private let lists: Range<Int>
    private var bytes: [UInt8] = []
    /// Of each list.
    private var rows: [[Row]]
    private var isInOrder = false
    /// Of the coin whose rows are written.
    private var cells = Cells()

    init(_ lists: Range<Int>, header: [UInt8]) {
        (self.lists, self.header) = (lists, header)
        rows = Array(repeating: [], count: lists.count)
    }

    /// Appends the rows that a coin has in the lists, each in a minute.
    mutating func append(
        _ key: Int64, _ entry: DirectoryGroup.Entry, _ chunk: Chunk, _ writer: RowWriter, minutes: [Int]
    ) {
        var own: [RowWriter.Row] = []
        own.reserveCapacity(lists.count)
        for list in lists {
            if let number = chunk.row(inList: list) {
                own.append(.init(number: number, list: list, minute: minutes[list]))
            }
        }
        writer.append(key, entry, chunk, own, to: &bytes, through: &cells) { index, place in
            let row = own[index]
            rows[row.list - lists.lowerBound].append(
                Row(order: chunk.order(ofRow: row.number), start: place.lowerBound, end: place.upperBound))
        }
    }

    /// By their order, which is mostly that of ranks: each has its place then.
    private static func sorted(_ rows: [Row]) -> [Row] {
        let most = rows.reduce(0) { max($0, $1.order) }
        guard most <= rows.count * 2, rows.allSatisfy({ $0.order >= 0 }) else {
            return rows.sorted { $0.order < $1.order }
        }
        var places = [Int32](repeating: -1, count: Int(most) + 1)
        for (index, row) in rows.enumerated() { places[Int(row.order)] = Int32(index) }
        return places.compactMap { $0 < 0 ? nil : rows[Int($0)] }
    }

    /// The same with the rows of each list one behind the other, which makes `csv` a copy.
    func inOrder() -> SegmentRows {
        var other = SegmentRows(lists, header: header)
        other.bytes.reserveCapacity(bytes.count)
        bytes.withUnsafeBufferPointer { bytes in
            for (list, own) in zip(lists, rows) {
                for row in Self.sorted(own) {
                    let start = other.bytes.count
                    other.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[row.start..<row.end]))
                    other.rows[list - lists.lowerBound].append(
                        Row(order: row.order, start: start, end: other.bytes.count))
                }
            }
        }
        other.isInOrder = true
        return other
    }

    /// The header and the first rows of a list.
    func csv(_ list: Int, first limit: Int) -> [UInt8] {
        if isInOrder {
            let own = rows[list - lists.lowerBound].prefix(limit)
            guard let first = own.first, let last = own.last else { return header }
            return header + bytes[first.start..<last.end]
        }
        let own = Self.sorted(rows[list - lists.lowerBound]).prefix(limit)
        var csv = header
        csv.reserveCapacity(own.reduce(csv.count) { $0 + $1.end - $1.start })
        bytes.withUnsafeBufferPointer { bytes in
            for row in own { csv.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[row.start..<row.end])) }
        }
        return csv
    }
}
