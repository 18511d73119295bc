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

    func append(
        _ key: Int64, _ entry: DirectoryGroup.Entry, _ chunk: Chunk, _ row: Int, minute: Int, to csv: inout [UInt8]
    ) {
        for column in sources.indices {
            if column > 0 { csv.append(UInt8(ascii: ",")) }
            append(column, key, entry, chunk, row, minute: minute, to: &csv)
        }
        csv += CSV.endOfLine
    }

    func append(
        _ column: Int, _ key: Int64, _ entry: DirectoryGroup.Entry, _ chunk: Chunk, _ row: Int, minute: Int,
        to csv: inout [UInt8]
    ) {
        switch sources[column] {
        case .key: PlainNumber.append(key, places: 0, isStripped: false, to: &csv)
        case .order: PlainNumber.append(chunk.order(ofRow: row), places: 0, isStripped: false, to: &csv)
        case .chunk(let place): chunk.columns[place].append(row, to: &csv)
        case .label(let place): if place >= 0 { csv += entry.label(place, at: minute) ?? [] }
        }
    }
}

/// Rows of a segment's lists as texts, written coin by coin, and put in order list by list.
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

    init(_ lists: Range<Int>, header: [UInt8]) {
        (self.lists, self.header) = (lists, header)
        rows = Array(repeating: [], count: lists.count)
    }

    mutating func append(_ list: Int, order: Int64, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        write(&bytes)
        rows[list - lists.lowerBound].append(Row(order: order, start: start, end: bytes.count))
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
                    other.append(list, order: row.order) {
                        $0.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[row.start..<row.end]))
                    }
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
