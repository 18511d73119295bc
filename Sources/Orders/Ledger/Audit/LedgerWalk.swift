import Basics
package import Redis
package import Tape

/// Takes an audit through a ledger as it stands in Redis.
///
/// Only reads, in batches: orders may be taken, and projected, meanwhile.
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
        // Before the ledger is: it cannot be ahead then.
        let model = try await ReadModelState(readModel, ReadModelKeys(keys))
        var audit = LedgerAudit(rates: try await knownRates(), readModel: model.statistics)
        for damage in model.damage { audit.report(nil, damage) }
        let hasTable = try await self.hasTable(&audit)
        var matched: Int64 = 0
        var next: StreamID? = StreamID(milliseconds: 0, sequence: 0)
        while let first = next {
            let entries = try await ledger.oldest(Self.batch, from: first)
            for entry in entries { audit.take(entry) }
            if hasTable { matched += try await checkSeen(entries, &audit) }
            next = entries.count < Self.batch ? nil : entries.last?.id.successor
        }
        audit.end()
        // Fields that no order of the walk has asked for are looked at only where there are any.
        if hasTable, try await redis.send(RedisCommand("HLEN", keys.seen)).integer != matched {
            try await checkTable(&audit)
        }
        return audit
    }

    /// Whether the table of seen keys can be asked; one that is missing can.
    private func hasTable(_ audit: inout LedgerAudit) async throws(RedisError) -> Bool {
        let type = try await redis.send(RedisCommand("TYPE", keys.seen)).text ?? ""
        guard type != "hash", type != "none" else { return true }
        audit.report(nil, "the table of seen keys is no hash but a \(type)")
        return false
    }

    private func checkSeen(_ entries: [TapeEntry], _ audit: inout LedgerAudit) async throws(RedisError) -> Int64 {
        let keyed = entries.compactMap { entry in
            (try? LedgerEntry(entry))?.identity.map { (id: entry.id, identity: $0) }
        }
        guard !keyed.isEmpty else { return 0 }
        let identities: [any RedisArgument] = keyed.map(\.identity)
        let reply = try await redis.send(RedisCommand("HMGET", arguments: [keys.seen] + identities))
        var matched: Int64 = 0
        for (entry, seen) in zip(keyed, reply.array ?? []) {
            audit.checkSeen(entry.id, entry.identity, seen.text)
            if seen.text == "\(entry.id)" { matched += 1 }
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
            for index in stride(from: 0, to: flat.count - 1, by: 2) {
                let (identity, entry) = (flat[index].text ?? "", flat[index + 1].text ?? "")
                var found: TapeEntry?
                if let id = StreamID(entry) { found = try await ledger.newest(1, from: id, to: id).first }
                audit.checkField(identity, entry, found: found)
            }
        } while cursor != "0"
    }

    private func knownRates() async throws(RedisError) -> [Minute: BTCRates] {
        var known: [Minute: BTCRates] = [:]
        var next: StreamID? = StreamID(milliseconds: 0, sequence: 0)
        while let first = next {
            let entries = try await rates.oldest(Self.batch, from: first)
            for entry in entries {
                if let rates = try? BTCRates(entry) { known[rates.minute] = rates }
            }
            next = entries.count < Self.batch ? nil : entries.last?.id.successor
        }
        return known
    }
}
