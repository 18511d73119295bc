import Basics
import TopLists

/// Joins the rows of a minute's sources; a pure function.
package struct Join {
    /// A minute's list, and an account of the rows that it was made of.
    package struct Result: Sendable {
        /// The list as it is stored, header included.
        package let csv: [UInt8]
        /// How many rows the list has, its header not counted.
        package let count: Int
        package let account: JoinAccount
    }

    private let plan: JoinPlan
    private let tables: [SourceTable?]
    private let labels: [Int?]
    private var account: JoinAccount
    private var indexes: [KeyIndex] = []

    /// `tables` has one table for each source of the plan; nil for an optional source that has no rows for the minute.
    package static func run(_ plan: JoinPlan, _ tables: [SourceTable?]) -> Result {
        var join = Join(plan, tables)
        return join.run()
    }

    /// A table that reads the members which the plan needs from the source.
    package static func table(for source: Int, of plan: JoinPlan) -> SourceTable {
        SourceTable(members: plan.members(ofSource: source))
    }

    private init(_ plan: JoinPlan, _ tables: [SourceTable?]) {
        self.plan = plan
        self.tables = tables
        labels = tables.indices.map { source in plan.label.flatMap { plan.members(ofSource: source).firstIndex(of: $0) }
        }
        account = JoinAccount(sources: tables.count, columns: plan.columns.count)
    }

    private mutating func run() -> Result {
        for source in tables.indices {
            indexes.append(index(source))
        }
        let columns = plan.columns.map { Reader($0, plan) }
        var csv: [UInt8] = []
        CSV.append(header: plan.columns.map(\.column.name), to: &csv)
        var count = 0
        var rows = [Int?](repeating: nil, count: tables.count)
        for key in indexes[0].keys {
            guard match(key, into: &rows) else { continue }
            account.matched += 1
            checkLabels(key, rows)
            let start = csv.count
            if append(columns, key, rows, position: count + 1, to: &csv) {
                count += 1
            } else {
                csv.removeSubrange(start...)
                account.unpriced += 1
                account.sample("unpriced", name(of: key, rows))
            }
        }
        countUnmatched()
        return Result(csv: csv, count: count, account: account)
    }

    /// Indexes the rows by key; the first row of a key counts.
    private mutating func index(_ source: Int) -> KeyIndex {
        guard let table = tables[source] else { return KeyIndex(capacity: 0) }
        var index = KeyIndex(capacity: table.count)
        for row in 0..<table.count {
            guard let key = JoinKey(table.cell(row, 0), of: table, type: plan.keyType) else {
                account.noKey += 1
                account.sample("no_key", "\(plan.sources[source].name): \(label(source, row))")
                continue
            }
            if !index.insert(key, row: row) {
                account.duplicates += 1
                account.sample(
                    "duplicates",
                    "\(plan.sources[source].name): \(String(decoding: key.text, as: UTF8.self)) \(label(source, row))")
            }
        }
        return index
    }

    /// Finds the row of each source; returns whether all required sources have the key.
    private func match(_ key: JoinKey, into rows: inout [Int?]) -> Bool {
        for source in indexes.indices {
            rows[source] = indexes[source][key]
            if rows[source] == nil, !plan.sources[source].isOptional { return false }
        }
        return true
    }

    private mutating func countUnmatched() {
        for source in tables.indices {
            let keys = indexes[source].keys
            var rows = [Int?](repeating: nil, count: tables.count)
            // A required source has every matched key.
            let isOptional = plan.sources[source].isOptional
            let matched = isOptional ? keys.count { match($0, into: &rows) } : account.matched
            account.only[source] = keys.count - matched
        }
    }

    private mutating func checkLabels(_ key: JoinKey, _ rows: [Int?]) {
        guard !areLabelsEqual(rows) else { return }
        let texts = rows.indices.compactMap { source in rows[source].map { labelBytes(source, $0) } }
            .filter { !$0.isEmpty }
        let folded = Set(texts.map { String(decoding: $0, as: UTF8.self).lowercased() })
        guard folded.count > 1 else { return }
        account.conflicts += 1
        let names = texts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " / ")
        account.sample("conflicts", "\(String(decoding: key.text, as: UTF8.self)) \(names)")
    }

    /// A fast check, true for nearly all rows; empty labels are ignored.
    private func areLabelsEqual(_ rows: [Int?]) -> Bool {
        var first: ArraySlice<UInt8>?
        for source in rows.indices {
            guard let row = rows[source] else { continue }
            let text = labelBytes(source, row)
            if text.isEmpty { continue }
            if let first, first != text { return false }
            first = text
        }
        return true
    }

    private mutating func append(
        _ columns: [Reader], _ key: JoinKey, _ rows: [Int?], position: Int, to csv: inout [UInt8]
    ) -> Bool {
        var unreadable: [(column: Int, text: String)] = []
        for (index, column) in columns.enumerated() {
            if index > 0 { csv.append(UInt8(ascii: ",")) }
            switch column.column.origin {
            case .position: csv += String(position).utf8
            case .key: CSV.append(field: key.text, to: &csv)
            case .source(let source, _):
                var isGood = false
                if let row = rows[source], let table = tables[source] {
                    let cell = table.cell(row, column.member)
                    isGood = column.append(cell, of: table, to: &csv)
                    if !isGood, cell.kind != .missing { unreadable.append((index, table.shown(cell))) }
                }
                if column.column.isRequired, !isGood { return false }
            }
        }
        csv += CSV.endOfLine
        for (column, text) in unreadable {
            account.unreadable[column] += 1
            account.sample("unreadable_\(plan.columns[column].column.name)", "\(name(of: key, rows)): \(text)")
        }
        return true
    }

    private func labelBytes(_ source: Int, _ row: Int) -> ArraySlice<UInt8> {
        guard let table = tables[source], let member = labels[source] else { return [] }
        return table.text(table.cell(row, member))
    }

    private func label(_ source: Int, _ row: Int) -> String {
        String(decoding: labelBytes(source, row), as: UTF8.self)
    }

    private func name(of key: JoinKey, _ rows: [Int?]) -> String {
        let text = String(decoding: key.text, as: UTF8.self)
        return rows.first?.map { "\(text) \(label(0, $0))" } ?? text
    }

    /// A column, and the index of its member in the source's rows.
    private struct Reader {
        let column: JoinPlan.Column
        let member: Int

        init(_ column: JoinPlan.Column, _ plan: JoinPlan) {
            self.column = column
            if case .source(let source, let member) = column.origin {
                self.member = plan.members(ofSource: source).firstIndex(of: member) ?? 0
            } else {
                member = 0
            }
        }

        /// Appends the value; returns false and appends nothing if it does not have the column's type.
        func append(_ cell: SourceTable.Cell, of table: SourceTable, to csv: inout [UInt8]) -> Bool {
            switch (column.column.type, cell.kind) {
            case (_, .missing), (_, .other): return false
            case (.string, _):
                CSV.append(field: table.text(cell), to: &csv)
                return true
            case (.decimal, _), (.integer, _):
                let start = csv.count
                guard PlainDecimal.append(table.text(cell), to: &csv), isGood(csv[start...]) else {
                    csv.removeSubrange(start...)
                    return false
                }
                return true
            }
        }

        private func isGood(_ digits: ArraySlice<UInt8>) -> Bool {
            if column.column.type == .integer, digits.contains(UInt8(ascii: ".")) { return false }
            guard let minimum = column.minimum else { return true }
            if minimum <= 0, digits.first != UInt8(ascii: "-") { return true }
            return Double(String(decoding: digits, as: UTF8.self)).map { $0 >= minimum } ?? false
        }
    }
}
