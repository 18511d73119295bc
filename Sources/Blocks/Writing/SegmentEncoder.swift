import Basics
import TopLists

/// Encodes minutes whose lists have the same columns.
///
/// The bytes depend only on the minutes: two hosts that archive the same hour write the same bytes.
struct SegmentEncoder {
    /// What a segment stores about a coin.
    struct Part {
        let best: Int
        let chunk: [UInt8]
        /// One array for each text column of the layout; minutes are offsets in the segment.
        let labels: [[Label]]
    }

    private let layout: Layout?
    private(set) var kinds: [Segment.Kind] = []
    private var raw: [UInt8] = []
    /// The minutes with rows, in order.
    private var tables: [(minute: Int, table: ListTable)] = []

    init(_ minutes: ArraySlice<BlockMinute>, _ layout: Layout?) {
        self.layout = layout
        for minute in minutes { take(minute) }
    }

    private mutating func take(_ minute: BlockMinute) {
        switch minute {
        case .missing: kinds.append(.missing)
        case .gap: kinds.append(.gap)
        case .list(let list):
            if let layout, let table = ListTable(list.csv, layout) {
                tables.append((kinds.count, table))
                kinds.append(.rows)
            } else {
                raw += list.csv
                kinds.append(.raw)
            }
        }
    }

    /// Encodes the minutes that were passed to `init`; returns the segment and its part of each coin, by key.
    func encode(_ minutes: ArraySlice<BlockMinute>) -> (segment: Segment, coins: [Int64: Part]) {
        let order = order
        let segment = Segment(
            order: order, kinds: kinds, minutes: MinutesPart.bytes(minutes, kinds: kinds, fields: layout?.fields ?? []),
            raw: raw)
        return (segment, layout.map { coins($0, order) } ?? [:])
    }

    /// The first integer column, other than the key, by which the rows of all lists ascend.
    private var order: Int? {
        guard let layout, !tables.isEmpty else { return nil }
        return layout.numbers.first { column in
            layout.columns[column].type == .integer && tables.allSatisfy { $0.table.ascends(by: column) }
        }
    }

    /// The keys of all tables, and for each key its row in each table, or -1.
    private func places() -> (keys: [Int64], rows: [Int32]) {
        var indexes: [Int64: Int] = [:]
        var (keys, rows): ([Int64], [Int32]) = ([], [])
        for (number, (_, table)) in tables.enumerated() {
            for (row, key) in table.keys.enumerated() {
                var index = indexes[key] ?? -1
                if index < 0 {
                    index = keys.count
                    indexes[key] = index
                    keys.append(key)
                    rows.append(contentsOf: repeatElement(-1, count: tables.count))
                }
                rows[index * tables.count + number] = Int32(row)
            }
        }
        return (keys, rows)
    }

    private func coins(_ layout: Layout, _ order: Int?) -> [Int64: Part] {
        let (keys, rows) = places()
        let columns = layout.chunkColumns(order)
        let texts = layout.texts
        var parts: [Int64: Part] = [:]
        parts.reserveCapacity(keys.count)
        let all = JoinedTables(tables.map(\.table))
        all.withCells { cells in
            var output = BitWriter()
            var own: [(table: Int, row: Int)] = []
            var column: [UnsafeRawBufferPointer] = []
            for (index, key) in keys.enumerated() {
                own.removeAll(keepingCapacity: true)
                let places = (index * tables.count)..<((index + 1) * tables.count)
                for place in places where rows[place] >= 0 { own.append((place - places.lowerBound, Int(rows[place]))) }
                output.reset()
                let isEverywhere = own.count == tables.count
                output.write(isEverywhere)
                if !isEverywhere { for place in places { output.write(rows[place] >= 0) } }
                func read(_ number: Int) {
                    column.removeAll(keepingCapacity: true)
                    for (table, row) in own { column.append(cells.cell(table, row, number)) }
                }
                if let order {
                    read(order)
                    NumberSeries.write(NumberSeries.Plan(column.compactMap { PlainNumber($0)?.digits }), to: &output)
                } else {
                    NumberSeries.write(NumberSeries.Plan(own.map { Int64($0.row) }), to: &output)
                }
                for number in columns {
                    read(number)
                    TextSeries.write(column, to: &output)
                }
                var labels: [[Label]] = []
                for number in texts {
                    read(number)
                    labels.append(changes(column) { tables[own[$0].table].minute })
                }
                parts[key] = Part(
                    best: own.reduce(.max) { min($0, $1.row) }, chunk: CRC32.sealed(output.finish()), labels: labels)
            }
        }
        return parts
    }

    /// Returns the first text of each run of equal texts.
    private func changes(_ texts: [UnsafeRawBufferPointer], _ minute: (Int) -> Int) -> [Label] {
        var labels: [Label] = []
        for (index, text) in texts.enumerated() {
            if index > 0, isEqual(text, texts[index - 1]) { continue }
            labels.append(Label(minute: minute(index), text: Array(text)))
        }
        return labels
    }
}

extension ListTable {
    /// Whether the integer in each row is larger than in the row before.
    fileprivate func ascends(by column: Int) -> Bool {
        var last: Int64?
        for row in 0..<count {
            guard let number = number(row, column), number.places == 0, last.map({ $0 < number.digits }) ?? true else {
                return false
            }
            last = number.digits
        }
        return true
    }
}
