import TopLists

/// Blocks, coin by coin.
extension Block {
    /// A coin's rows, in order: of each its minute and its cells in the columns that were asked for.
    package struct CoinRows: Sendable {
        /// Of each row.
        package fileprivate(set) var minutes: [Int] = []
        private let width: Int
        private var bytes: [UInt8] = []
        /// Of each cell: where it ends, or -1 - that where there is none.
        private var ends: [Int] = []

        package var count: Int { minutes.count }

        fileprivate init(width: Int) {
            self.width = width
        }

        /// As it stands in the list; nil where the list has no such column, and in a row of which no cells were wanted.
        package func cell(_ row: Int, _ column: Int) -> ArraySlice<UInt8>? {
            let place = row * width + column
            guard ends[place] >= 0 else { return nil }
            return bytes[(place == 0 ? 0 : max(ends[place - 1], -1 - ends[place - 1]))..<ends[place]]
        }

        /// `write` appends a cell, and says whether there is one.
        fileprivate mutating func append(_ minute: Int, _ write: (Int, inout [UInt8]) -> Bool) {
            minutes.append(minute)
            for column in 0..<width {
                let isThere = write(column, &bytes)
                ends.append(isThere ? bytes.count : -1 - bytes.count)
            }
        }

        fileprivate mutating func reserve(_ rows: Int) {
            minutes.reserveCapacity(minutes.count + rows)
            ends.reserveCapacity(ends.count + rows * width)
            bytes.reserveCapacity(bytes.count + rows * width * 12)
        }
    }

    /// The rows of a coin within the range of minutes.
    ///
    /// Lists that are kept as they are, and those without keys, have none. Cells are wanted of the last row in each `step` minutes, counted
    /// from the block's first, and of some others.
    package func rows(
        ofCoin key: Int64, in range: Range<Int>, columns titles: [String], lastOf step: Int = 1
    ) async throws -> CoinRows {
        var rows = CoinRows(width: titles.count)
        guard let place = outline.place(of: key) else { return rows }
        let group = place / Outline.groupSize
        let entries = try await directory(group..<group + 1)[0].entries
        let entry = entries[place % Outline.groupSize]
        let segments = outline.segments.indices.filter { index in
            let placed = outline.segments[index]
            return !entry.chunks[index].isEmpty && placed.start < range.upperBound
                && range.lowerBound < placed.start + placed.segment.kinds.count
        }
        for (index, bytes) in zip(segments, try await read(segments.map { entry.chunks[$0] })) {
            let placed = outline.segments[index]
            // Without keys, places stand for them.
            guard let layout = placed.segment.layout.map({ outline.layouts[$0] }), layout.key != nil else { continue }
            let chunk = try Chunk(bytes, placed.segment, layout)
            let writer = RowWriter(layout, placed.segment.order, outline.labelNames)
            let columns = titles.map { title in layout.columns.firstIndex { $0.name == title } }
            var own: [Int] = []
            var (list, first) = (0, 0)
            for (offset, kind) in placed.segment.kinds.enumerated() where kind == .rows {
                defer { list += 1 }
                let minute = placed.start + offset
                guard let row = chunk.row(inList: list), range.contains(minute) else { continue }
                if own.isEmpty { first = row }
                own.append(minute)
            }
            rows.reserve(own.count)
            for (index, minute) in own.enumerated() {
                let isWanted = index + 1 == own.count || minute / step != own[index + 1] / step
                rows.append(minute) { column, cells in
                    guard isWanted, let column = columns[column] else { return false }
                    writer.append(column, key, entry, chunk, first + index, minute: minute, to: &cells)
                    return true
                }
            }
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
