import Basics
import CoreMetrics
import Digests
import JSON
import Logging
import Logs
import Redis
import Tape
import Telemetry
import TopLists

/// Makes one minute's list: waits for its sources, joins their entries, stores the list, and drafts its entry.
struct MinuteMerger: Sendable {
    let config: MergeConfig
    let feeds: [[SourceFeed]]
    let keys: TapeKeys
    let redis: RedisClient
    let clock: TapeClock
    let logger: Logger

    private struct Input {
        var table: SourceTable
        var minute: Minute
    }

    func buildAndStore(for minute: Minute) async throws -> EntryDraft {
        let deadline = minute.start + config.grace
        for feed in feeds.joined() { try await feed.settled(for: minute, deadline: deadline) }
        let began = ContinuousClock.now
        var inputs: [Input?] = []
        for source in feeds.indices {
            do {
                let input = try await input(source, minute)
                guard input != nil || config.sources[source].isOptional else {
                    return gap(try await feeds[source][0].reason(for: minute), minute)
                }
                inputs.append(input)
            } catch let error as JSONSyntaxError {
                return gap(
                    Gap(.badPayload, "\(config.sources[source].name): the rows cannot be read: \(error)"), minute)
            }
        }
        let result = Join.run(config.plan, inputs.map { $0?.table })
        guard result.count > 0 else {
            return gap(Gap(.badPayload, "the sources have no row in common that is complete"), minute)
        }
        record(result.account)
        let stored = try await store(result.csv, minute)
        logger.info(
            .minuteMerged,
            metadata: [
                LogKey.stream: "\(config.stream)", LogKey.minute: "\(minute)", LogKey.count: "\(result.count)",
                LogKey.duration: "\((ContinuousClock.now - began).milliseconds)",
            ])
        return draft(minute, result, stored, inputs.map { $0?.minute })
    }

    /// Restores a minute's list whose string is gone although its entry exists: evicted, or deleted.
    ///
    /// It is built from the same entries, and only stored if its digest matches the entry. Returns whether it was stored.
    func restore(_ entry: TapeEntry) async throws -> Bool {
        let minute = entry.minute
        guard try await isMissing(entry) else { return false }
        let age = clock.now - minute.start
        if let retain = config.retain, age >= retain { return false }
        var tables: [SourceTable?] = []
        for source in feeds.indices { tables.append(try await input(source, minute)?.table) }
        let result = Join.run(config.plan, tables)
        let isSame = entry.text("sha256") == Digest.sha256(result.csv)
        if isSame {
            var command = RedisCommand("SET", keys.list(config.stream, minute), result.csv, "NX")
            if let retain = config.retain {
                command.append("PX")
                command.append(clock.wallMilliseconds(retain - age))
            }
            _ = try await redis.send(command)
        }
        logger.warning(
            .listGone,
            metadata: [
                LogKey.stream: "\(config.stream)", LogKey.minute: "\(minute)",
                LogKey.outcome: isSame ? "restored" : "lost: its entries are not what they were",
            ])
        return isSame
    }

    func isMissing(_ entry: TapeEntry) async throws(RedisError) -> Bool {
        guard entry.gap == nil, entry.text("sha256") != nil else { return false }
        return try await redis.send(RedisCommand("EXISTS", keys.list(config.stream, entry.minute))) == .integer(0)
    }

    private func record(_ account: JoinAccount) {
        func set(_ kind: String, _ count: Int) {
            Gauge(.joinRows, [("stream", config.stream), ("kind", kind)]).record(count)
        }
        set("matched", account.matched)
        for (source, count) in zip(config.sources, account.only) { set("only_\(source.name)", count) }
        set("duplicates", account.duplicates)
        set("conflicts", account.conflicts)
        set("unpriced", account.unpriced)
        set("no_key", account.noKey)
        for (column, count) in zip(config.plan.columns, account.unreadable) where column.isRead {
            set("unreadable_\(column.column.name)", count)
        }
    }

    /// All entries of a source's streams as one table; nil if none of them has rows.
    ///
    /// The minute is that of the oldest entry.
    private func input(_ source: Int, _ minute: Minute) async throws -> Input? {
        var input: Input?
        for feed in feeds[source] {
            guard let entry = try await feed.entry(for: minute), let rows = entry.rows else { continue }
            var table = input?.table ?? Join.table(for: source, of: config.plan)
            try table.append(rows: rows)
            input = Input(table: table, minute: min(input?.minute ?? entry.minute, entry.minute))
        }
        return input
    }

    /// Stores the list unless one exists already, for example after a crash between list and entry; returns the stored list.
    private func store(_ csv: [UInt8], _ minute: Minute) async throws -> [UInt8] {
        let key = keys.list(config.stream, minute)
        var command = RedisCommand("SET", key, csv, "NX")
        if let retain = config.retain {
            command.append("PX")
            command.append(clock.wallMilliseconds(retain))
        }
        guard try await redis.send(command) == .null else { return csv }
        return try await redis.send(RedisCommand("GET", key)).bytes ?? csv
    }

    private func gap(_ gap: Gap, _ minute: Minute) -> EntryDraft {
        // While it catches up after an outage, a warning per minute would be thousands of lines.
        let isRecent = clock.now - minute.start < .seconds(600)
        logger.log(
            level: isRecent ? .warning : .debug, .minuteGap,
            metadata: [
                LogKey.stream: "\(config.stream)", LogKey.minute: "\(minute)", LogKey.gap: "\(gap.code)",
                LogKey.detail: "\(gap.detail)",
            ])
        return .gap(gap, minute: minute)
    }

    private func draft(
        _ minute: Minute, _ result: Join.Result, _ stored: [UInt8], _ minutes: [Minute?]
    ) -> EntryDraft {
        let account = result.account
        var fields: [(name: String, value: any RedisArgument)] = [
            ("minute", minute.description), ("count", count(of: stored, result)), ("sha256", Digest.sha256(stored)),
            ("key", keys.list(config.stream, minute)), ("columns", Self.json(config.plan.columns.map(\.column))),
        ]
        for (source, minute) in zip(config.sources, minutes) {
            fields.append(("\(source.name)_minute", minute?.description ?? ""))
        }
        fields.append(("matched", account.matched))
        for (source, count) in zip(config.sources, account.only) { fields.append(("only_\(source.name)", count)) }
        fields += [
            ("duplicates", account.duplicates), ("conflicts", account.conflicts), ("unpriced", account.unpriced),
            ("no_key", account.noKey),
        ]
        for (column, count) in zip(config.plan.columns, account.unreadable) where count > 0 {
            fields.append(("unreadable_\(column.column.name)", count))
        }
        fields.append(("samples", Self.json(account.samples)))
        return .other(fields)
    }

    /// The number of rows of the stored list, which after a crash may come from another join of the same entries.
    private func count(of stored: [UInt8], _ result: Join.Result) -> Int {
        guard stored != result.csv else { return result.count }
        var reader = CSVReader(stored)
        var count = -1
        while reader.next() != nil { count += 1 }
        return max(0, count)
    }

    /// The same columns always give the same text, because entity tags depend on it.
    private static func json(_ columns: [ListColumn]) -> [UInt8] {
        JSONWriter.array { writer in
            for column in columns {
                writer.object {
                    $0.member("name", column.name)
                    $0.member("type", column.type.rawValue)
                }
            }
        }
    }

    private static func json(_ samples: [String: [String]]) -> [UInt8] {
        JSONWriter.object { writer in
            for (kind, texts) in samples.sorted(by: { $0.key < $1.key }) { writer.member(kind, texts) }
        }
    }
}
