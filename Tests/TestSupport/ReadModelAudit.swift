package import Redis

/// A read model of orders as Redis has it at one moment: all of it, or what is above an id.
package struct ReadModelSnapshot: Sendable {
    package var statistics: [String: String]
    /// By the end of the key's name: all, EUR, GBP, USD, CHF.
    package var lengths: [String: Int]
    package var rows: [String: [RawEntry]]

    package static let streams = ["all"] + TestLedger.currencies + ["CHF"]

    package init(_ redis: RedisClient, above id: String? = nil) async throws {
        let script = RedisScript(
            name: "snapshot",
            source: Array(
                """
                local answer = {redis.call('HGETALL', KEYS[1])}
                for i = 2, #KEYS do
                  answer[2 * i - 2] = redis.call('XLEN', KEYS[i])
                  answer[2 * i - 1] = redis.call('XRANGE', KEYS[i], ARGV[1], '+')
                end
                return answer
                """.utf8))
        let keys = ["{read}:stats"] + Self.streams.map { "{read}:\($0)" }
        let reply = try await redis.evaluate(script, keys: keys, arguments: [id.map { "(\($0)" } ?? "-"])
        let parts = reply.array ?? []
        let flat = (parts.first?.array ?? []).map { $0.text ?? "" }
        statistics = [:]
        lengths = [:]
        rows = [:]
        for index in stride(from: 0, to: flat.count, by: 2) { statistics[flat[index]] = flat[index + 1] }
        for (index, stream) in Self.streams.enumerated() {
            lengths[stream] = parts[2 * index + 1].integer.map(Int.init)
            rows[stream] = (parts[2 * index + 2].array ?? []).compactMap(RawEntry.init)
        }
    }
}

/// Holds a read model against the ledger: it must be the exact prefix up to its `last`, ids, fields and sums.
///
/// Continues where the last check ended, so that it may run often.
package struct ReadModelAudit {
    private struct Sums {
        var count = 0
        var units: UInt128 = 0
        var satoshi: UInt128 = 0
    }

    package private(set) var last: String?
    package private(set) var problems: [String] = []
    /// How many orders were found right.
    package private(set) var count = 0
    private var ledger: [RawEntry] = []
    private var sums: [String: Sums] = [:]

    private static let fields = ["currency", "amount", "rate", "rate_minute", "satoshi", "tail", "created_at"]

    package init() {}

    /// Checks what was folded since the last check.
    package mutating func check(_ readModel: RedisClient, ledger redis: RedisClient) async throws {
        let snapshot = try await ReadModelSnapshot(readModel, above: last)
        // What was folded is in the ledger by now.
        ledger += try await TestLedger.entries(redis, above: ledger.last?.id)
        check(snapshot, against: ledger)
    }

    /// The snapshot is of what is above `last`; the ledger is all of it.
    package mutating func check(_ model: ReadModelSnapshot, against ledger: [RawEntry]) {
        let newest = model.statistics["last"]
        let start = last.map { last in (ledger.lastIndex { $0.id == last } ?? -2) + 1 } ?? 0
        let end = newest.map { newest in (ledger.lastIndex { $0.id == newest } ?? -2) + 1 } ?? 0
        guard start >= 0, end >= start else {
            problems.append(
                "last is \(newest ?? "nothing") behind \(last ?? "nothing"), which the ledger does not have")
            return
        }
        let entries = ledger[start..<end].filter { $0["satoshi"] != nil }
        let expected = entries.map { entry in
            RawEntry(id: entry.id, fields: Self.fields.flatMap { [$0, entry[$0] ?? "?"] })
        }
        for row in expected { add(row) }
        for stream in ReadModelSnapshot.streams {
            let wanted = expected.filter { stream == "all" || $0["currency"] == stream }
            compare(stream, model.rows[stream] ?? [], wanted)
            let length = stream == "all" ? count : sums[stream]?.count ?? 0
            if model.lengths[stream] != length {
                problems.append("\(stream) has \(model.lengths[stream] ?? -1) entries, not \(length)")
            }
        }
        let list = ledger[..<end].compactMap { $0["currencies"] }.last
        let currencies = list.map { $0.split(separator: ",").map(String.init) } ?? TestLedger.currencies
        let statistics = end == 0 ? [:] : self.statistics(ledger[end - 1], currencies)
        for name in Set(statistics.keys).union(model.statistics.keys)
        where statistics[name] != model.statistics[name] {
            problems.append("\(name) is \(model.statistics[name] ?? "-"), not \(statistics[name] ?? "-")")
        }
        last = newest ?? last
    }

    private mutating func add(_ row: RawEntry) {
        count += 1
        sums[row["currency"] ?? "", default: Sums()].count += 1
        sums[row["currency"] ?? "", default: Sums()].units += Self.units(row["amount"] ?? "")
        sums[row["currency"] ?? "", default: Sums()].satoshi += UInt128(row["satoshi"] ?? "") ?? 0
    }

    private mutating func compare(_ stream: String, _ found: [RawEntry], _ wanted: [RawEntry]) {
        guard found != wanted else { return }
        let place = zip(found, wanted).enumerated().first { $1.0 != $1.1 }?.offset ?? min(found.count, wanted.count)
        func at(_ rows: [RawEntry]) -> String { place < rows.count ? "\(rows[place])" : "nothing" }
        problems.append("\(stream) has \(at(found)), not \(at(wanted))")
    }

    private func statistics(_ entry: RawEntry, _ currencies: [String]) -> [String: String] {
        var fields = [
            "last": entry.id, "last_tail": entry["tail"], "total": entry["total"],
            "last_created_at": entry["created_at"] ?? entry["opened"] ?? entry["added"] ?? entry["raised"],
            "currencies": currencies.joined(separator: ","),
        ].compactMapValues(\.self)
        for currency in currencies {
            let sum = sums[currency] ?? Sums()
            fields["\(currency):count"] = "\(sum.count)"
            fields["\(currency):units"] = "\(sum.units)"
            fields["\(currency):satoshi"] = "\(sum.satoshi)"
        }
        return fields
    }

    /// Hundred-millionths.
    private static func units(_ amount: String) -> UInt128 {
        let sides = amount.split(separator: ".")
        let decimals = sides.count > 1 ? String(sides[1]) : ""
        let zeros = String(repeating: "0", count: 8 - decimals.count)
        return UInt128("\(sides[0])\(decimals)\(zeros)") ?? 0
    }
}
