import TopLists

/// Blocks, coin by coin.
extension Block {
    /// A coin's rows, in order: of each its minute, and its cells in the columns that were asked for.
    ///
    /// They are numbers until somebody asks for their text.
    package struct CoinRows: Sendable {
        /// How the rows of a segment are written; it seldom differs between the segments of a block.
        fileprivate struct Form {
            let layout: Int
            let order: Int?
            let hasKeys: Bool
            /// The number of columns in a chunk.
            let chunkColumns: Int
            let writer: RowWriter
            /// The index in the lists of each requested column.
            let columns: [Int?]

            init(_ place: Int, _ order: Int?, _ outline: Outline, _ titles: [String]) {
                let layout = outline.layouts[place]
                (self.layout, self.order, hasKeys) = (place, order, layout.key != nil)
                chunkColumns = layout.chunkColumns(order).count
                writer = RowWriter(layout, order, outline.labelNames)
                columns = titles.map { title in layout.columns.firstIndex { $0.name == title } }
            }

            func isThat(of segment: Segment.Summary) -> Bool { layout == segment.layout && order == segment.order }
        }

        /// Rows of one segment; a class, as copies of what it has would take longer than a cell.
        fileprivate final class Part: Sendable {
            let form: Form
            let key: Int64
            let entry: DirectoryGroup.Entry
            let chunk: Chunk

            init(_ form: Form, _ key: Int64, _ entry: DirectoryGroup.Entry, _ chunk: Chunk) {
                (self.form, self.key, self.entry, self.chunk) = (form, key, entry, chunk)
            }

            /// Appends a cell of a row of the chunk; false where the lists have no such column.
            func append(_ column: Int, _ row: Int, minute: Int, to text: inout [UInt8]) -> Bool {
                guard let column = form.columns[column] else { return false }
                form.writer.append(column, key, entry, chunk, row, minute: minute, to: &text)
                return true
            }
        }

        /// Of each row.
        package fileprivate(set) var minutes: [Int] = []
        fileprivate var parts: [Part] = []
        /// Of each row, which part it is in, and which of the chunk's rows it is.
        fileprivate var places: [(part: Int32, row: Int32)] = []

        package var count: Int { minutes.count }

        fileprivate mutating func reserve(_ count: Int) {
            minutes.reserveCapacity(count)
            places.reserveCapacity(count)
        }

        /// As it stands in the list; nil where the list has no such column.
        package func cell(_ row: Int, _ column: Int) -> [UInt8]? {
            var text: [UInt8] = []
            return append(row, column, to: &text) ? text : nil
        }

        /// Appends a cell as it stands in the list; false where the list has no such column.
        package func append(_ row: Int, _ column: Int, to text: inout [UInt8]) -> Bool {
            let place = places[row]
            return parts[Int(place.part)].append(column, Int(place.row), minute: minutes[row], to: &text)
        }
    }

    /// The rows of a coin within the range of minutes.
    ///
    /// Lists that are kept as they are, and those without keys, have none.
    package func rows(ofCoin key: Int64, in range: Range<Int>, columns titles: [String]) async throws -> CoinRows {
        var rows = CoinRows()
        guard let place = outline.place(of: key) else { return rows }
        let group = place / Outline.groupSize
        let entries = try await directory(group..<group + 1)[0].entries
        let entry = entries[place % Outline.groupSize]
        let segments = outline.segments.indices.filter { index in
            let placed = outline.segments[index]
            return !entry.chunks[index].isEmpty && placed.start < range.upperBound
                && range.lowerBound < placed.start + placed.segment.kinds.count
        }
        rows.reserve(min(range.count, segments.reduce(0) { $0 + outline.segments[$1].segment.tables }))
        var form: CoinRows.Form?
        for (index, bytes) in zip(segments, try await read(segments.map { entry.chunks[$0] })) {
            let placed = outline.segments[index]
            if form?.isThat(of: placed.segment) != true {
                form = placed.segment.layout.map { CoinRows.Form($0, placed.segment.order, outline, titles) }
            }
            // Without keys, places stand for them.
            guard let form, form.hasKeys else { continue }
            let chunk = try Chunk(bytes, lists: placed.segment.tables, columns: form.chunkColumns)
            var (list, row) = (0, 0)
            for (offset, kind) in placed.segment.kinds.enumerated() where kind == .rows {
                defer { list += 1 }
                guard chunk.has(list: list) else { continue }
                defer { row += 1 }
                let minute = placed.start + offset
                guard range.contains(minute) else { continue }
                rows.minutes.append(minute)
                rows.places.append((Int32(rows.parts.count), Int32(row)))
            }
            rows.parts.append(CoinRows.Part(form, key, entry, chunk))
        }
        return rows
    }

    /// The values of a text column, coin by coin: each with the minute from which on the coin's rows have it, the first of them that
    /// of its first row.
    package func texts(of title: String) async throws -> [(key: Int64, values: [(minute: Int, text: [UInt8])])] {
        guard let column = outline.labelNames.firstIndex(of: title) else { return [] }
        var texts: [(key: Int64, values: [(minute: Int, text: [UInt8])])] = []
        for (number, group) in try await directory(0..<outline.groups.count).enumerated() {
            for (index, entry) in group.entries.enumerated() where !entry.labels[column].isEmpty {
                let key = outline.keysByPlace[number * Outline.groupSize + index]
                let values = entry.labels[column].filter { hasKeys($0.minute) }.map { ($0.minute, $0.text) }
                if !values.isEmpty { texts.append((key, values)) }
            }
        }
        return texts
    }

    /// Whether the lists around a minute have keys, and not places that stand for them.
    private func hasKeys(_ minute: Int) -> Bool {
        let segment = outline.segment(at: minute).map { outline.segments[$0].segment }
        return segment?.layout.flatMap { outline.layouts[$0].key } != nil
    }
}
