import Basics
package import Redis
package import Tape

/// Runs an audit over a ledger in Redis.
///
/// Only reads, in batches; orders may be taken and projected in the meantime.
package struct LedgerWalk: Sendable {
    private let redis: RedisClient
    private let ledger: StreamReader
    private let readModel: RedisClient
    private let rates: StreamReader
    private let keys: TapeKeys

    private static let batch = 1_000

    /// `rates` is the stream of rates.
    package init(
        ledger redis: RedisClient, readModel: RedisClient, rates: StreamReader, keys: TapeKeys, clock: TapeClock
    ) {
        self.redis = redis
        self.readModel = readModel
        self.rates = rates
        self.keys = keys
        ledger = StreamReader(key: keys.ledger, redis: redis, clock: clock)
    }

    /// Walks from the first entry to the newest.
    package func run() async throws(RedisError) -> LedgerAudit {
        // Read before the ledger, so that it cannot be ahead.
        let model = try await ReadModelState(readModel, ReadModelKeys(keys))
        var audit = LedgerAudit(readModel: model.statistics)
        for damage in model.damage { audit.report(nil, damage) }
        let table = try await tableSize(&audit)
        var matched: Int64 = 0
        var (next, nextRates): (StreamID?, StreamID?) = (.lowest, .lowest)
        while let first = next {
            let entries = try await ledger.oldest(Self.batch, from: first)
            // Read after the orders, whose rates were published before them.
            try await addRates(from: &nextRates, &audit)
            for entry in entries { audit.take(entry) }
            if let table { matched += try await checkSeen(entries, upTo: table.newest, &audit) }
            next = entries.count < Self.batch ? nil : entries.last?.id.successor
        }
        audit.end()
        // The table is only scanned if it has fields that no order of the walk accounts for.
        if let table, table.size != matched { try await checkTable(&audit) }
        return audit
    }

    /// The number of fields in the table of seen keys, and the ledger's newest entry at that time; nil if the table cannot be
    /// read.
    ///
    /// Both in one round trip, the entry first: an order in between only causes a scan of the table, and hides nothing.
    private func tableSize(
        _ audit: inout LedgerAudit
    ) async throws(RedisError) -> (newest: StreamID, size: Int64)? {
        guard try await hasTable(&audit) else { return nil }
        let replies = try await redis.send(
            RedisCommand("XREVRANGE", keys.ledger, "+", "-", "COUNT", 1), then: RedisCommand("HLEN", keys.seen))
        for case (.error(let text), let name) in [(replies.0, "XREVRANGE"), (replies.1, "HLEN")] {
            throw RedisError(serverError: text, command: name)
        }
        let newest = replies.0.array?.first.flatMap { TapeEntry($0) }?.id
        return (newest ?? .lowest, replies.1.integer ?? 0)
    }

    /// Whether the table of seen keys can be read; a missing table counts as readable.
    private func hasTable(_ audit: inout LedgerAudit) async throws(RedisError) -> Bool {
        let type = try await redis.send(RedisCommand("TYPE", keys.seen)).text ?? ""
        guard type != "hash", type != "none" else { return true }
        audit.report(nil, "the table of seen keys is no hash but a \(type)")
        return false
    }

    /// Returns how many fields of the table point to these entries, counting those up to `newest`.
    private func checkSeen(
        _ entries: [TapeEntry], upTo newest: StreamID, _ audit: inout LedgerAudit
    ) async throws(RedisError) -> Int64 {
        let keyed = entries.compactMap { entry in
            (try? LedgerEntry(entry))?.identity.map { (id: entry.id, identity: $0) }
        }
        guard !keyed.isEmpty else { return 0 }
        let identities: [any RedisArgument] = keyed.map(\.identity)
        let reply = try await redis.send(RedisCommand("HMGET", arguments: [keys.seen] + identities))
        var matched: Int64 = 0
        for (entry, seen) in zip(keyed, reply.array ?? []) {
            audit.checkSeen(entry.id, entry.identity, seen.text)
            if entry.id <= newest, seen.text == "\(entry.id)" { matched += 1 }
        }
        return matched
    }

    private func checkTable(_ audit: inout LedgerAudit) async throws(RedisError) {
        var cursor = "0"
        repeat {
            let reply = try await redis.send(RedisCommand("HSCAN", keys.seen, cursor, "COUNT", Self.batch))
            guard let parts = reply.array, parts.count == 2, let next = parts[0].text, let flat = parts[1].array else {
                throw RedisError(.unexpectedReply, command: "HSCAN", message: "a reply that is not as it should be")
            }
            cursor = next
            let fields = stride(from: 0, to: flat.count - 1, by: 2).map { index in
                (identity: flat[index].text ?? "", entry: flat[index + 1].text ?? "")
            }
            let found = try await entries(at: fields.map { StreamID($0.entry) })
            for (field, entry) in zip(fields, found) { audit.checkField(field.identity, field.entry, found: entry) }
        } while cursor != "0"
    }

    /// The ledger's entries with these ids, nil for missing ones; requests all of them at once.
    private func entries(at ids: [StreamID?]) async throws(RedisError) -> [TapeEntry?] {
        let ledger = ledger
        let found = await withTaskGroup(of: (Int, Result<TapeEntry?, RedisError>).self) { group in
            for case (let index, let id?) in ids.enumerated() {
                group.addTask {
                    do throws(RedisError) {
                        return (index, .success(try await ledger.newest(1, from: id, to: id).first))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var entries: [TapeEntry?] = []
        for index in ids.indices { entries.append(try found[index]?.get() ?? nil) }
        return entries
    }

    /// Adds the stream's rates from an id on, and advances the id.
    private func addRates(from next: inout StreamID?, _ audit: inout LedgerAudit) async throws(RedisError) {
        while let first = next {
            let entries = try await rates.oldest(Self.batch, from: first)
            for entry in entries {
                if let rates = try? BTCRates(entry) { audit.add(rates) }
            }
            if let last = entries.last { next = last.id.successor }
            if entries.count < Self.batch { return }
        }
    }
}
