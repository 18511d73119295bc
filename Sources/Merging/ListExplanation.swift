package import Basics
import JSON
import Logging
package import Redis
package import Tape
import TopLists
import Workers

/// How a minute's list came about, from what Redis still has.
package struct ListExplanation: Sendable {
    /// An entry of a source's stream that the list was made of.
    package struct Source: Sendable {
        package let name: String
        package let stream: String
        /// The entry with rows; nil if there is none within the source's margin, or it is no longer kept.
        package let entry: TapeEntry?
        /// The gap at the minute itself, if that is why an earlier entry counts.
        package let gap: Gap?
    }

    /// What became of a key of which a source has a row.
    package struct Coin: Equatable, Sendable {
        package let key: String
        /// Each row with this key: its source, its place in it from 1, and its JSON.
        package let rows: [(source: String, place: Int, json: String)]
        package let verdict: Verdict

        package static func == (left: Self, right: Self) -> Bool {
            left.key == right.key && left.verdict == right.verdict
                && left.rows.elementsEqual(right.rows) { $0 == $1 }
        }
    }

    package enum Verdict: Equatable, Sendable {
        /// It is in the list, with these cells.
        case listed([String])
        /// These sources, which are required, have no row of it.
        case missing(in: [String])
        /// These required columns have no valid value.
        case unpriced([String])
    }

    /// The entry of the list: its account, or a gap; nil if the minute has none.
    package let list: TapeEntry?
    package let sources: [Source]
    /// The coins that were asked for.
    package let coins: [Coin]
    /// The titles of the list's columns.
    package let columns: [String]

    /// Reads what the join of the minute would read now, which is what it has read, unless entries were removed since.
    ///
    /// `coin` is a key, or a label in any case.
    package init(_ config: MergeConfig, _ minute: Minute, coin: String?, redis: RedisClient, clock: TapeClock)
        async throws
    {
        let logger = Logger(label: "explain") { _ in SwiftLogNoOpLogHandler() }
        let feeds = SourceFeed.all(of: config, redis: redis, waiting: redis, clock: clock, logger: logger)
        var sources: [Source] = []
        var rows: [[[UInt8]]] = []
        for feed in feeds {
            var parts: [[UInt8]] = []
            for stream in feed {
                let entry = try await stream.entry(for: minute)
                let gap = try await stream.reader.entry(at: minute.floored(to: stream.settings.period))?.gap
                sources.append(
                    Source(name: stream.settings.name, stream: stream.stream, entry: entry, gap: gap))
                if let rows = entry?.rows { parts.append(rows) }
            }
            rows.append(parts)
        }
        let key = config.worker.redis.keys.stream(config.stream)
        list = try await StreamReader(key: key, redis: redis, clock: clock).entry(at: minute)
        self.sources = sources
        columns = config.columnNames
        coins = try coin.map { try Self.coins($0, config.plan, rows) } ?? []
    }

    /// What became of the coins of that key or label, in the order in which their keys come.
    static func coins(_ text: String, _ plan: JoinPlan, _ rows: [[[UInt8]]]) throws -> [Coin] {
        var keys: [String] = []
        var found: [(source: Int, place: Int, json: String, key: String?, label: String)] = []
        var tables: [SourceTable?] = []
        for (source, parts) in rows.enumerated() {
            var table = Join.table(for: source, of: plan)
            var lines: [String] = []
            for part in parts {
                try table.append(rows: part)
                lines += try FlatRows.lines(of: part)
            }
            tables.append(parts.isEmpty ? nil : table)
            for row in 0..<table.count {
                let key = JoinKey(table.cell(row, 0), of: table, type: plan.keyType)
                    .map { String(decoding: $0.text, as: UTF8.self) }
                let label = plan.label == nil ? "" : String(decoding: table.text(table.cell(row, 1)), as: UTF8.self)
                found.append((source, row + 1, lines[row], key, label))
                let isWanted = key == text || (!label.isEmpty && label.lowercased() == text.lowercased())
                if let key, isWanted, !keys.contains(key) { keys.append(key) }
            }
        }
        let listed = Self.listed(plan, tables)
        return keys.map { key in
            let rows = found.filter { $0.key == key }
            let missing = plan.sources.indices.filter { source in
                !plan.sources[source].isOptional && !rows.contains { $0.source == source }
            }
            let verdict: Verdict =
                if let cells = listed[key] {
                    .listed(cells)
                } else if !missing.isEmpty {
                    .missing(in: missing.map { plan.sources[$0].name })
                } else {
                    .unpriced(plan.columns.filter(\.isRequired).map(\.column.name))
                }
            return Coin(
                key: key, rows: rows.map { (plan.sources[$0.source].name, $0.place, $0.json) }, verdict: verdict)
        }
    }

    /// The list's cells by key.
    private static func listed(_ plan: JoinPlan, _ tables: [SourceTable?]) -> [String: [String]] {
        let keyed = JoinPlan(
            sources: plan.sources, key: plan.key, keyType: plan.keyType, label: plan.label,
            columns: plan.columns + [JoinPlan.Column(ListColumn(name: "key", type: .string), .key)])
        var reader = CSVReader(Join.run(keyed, tables).csv)
        var listed: [String: [String]] = [:]
        _ = reader.next()
        while let record = reader.next() {
            let cells = record.map { String(decoding: $0, as: UTF8.self) }
            if let key = cells.last { listed[key] = cells.dropLast() }
        }
        return listed
    }
}
