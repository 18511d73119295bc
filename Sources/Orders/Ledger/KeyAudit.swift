package import Redis
package import Tape

/// Compares the table of seen keys with the ledger: if an order's key is lost, a repeated request would place it a second time.
///
/// Counts the entries of a ledger that have no key of their own: the opening, raises, and orders that were placed twice. A count
/// continues where the last one ended, even after an error. Must only be used by one task at a time.
package actor KeyAudit {
    private let redis: RedisClient
    private let keys: TapeKeys
    private let ledger: StreamReader
    private var opening: StreamID?
    /// The size of the table at the last count.
    private var seenBefore = -1
    private var counted = Count()
    /// Whether the last count reached the end of the ledger.
    private var isComplete = false

    /// The counts up to some entry.
    private struct Count {
        var withoutKey = 0
        var entries = 0
        /// Where the count continues; nil after the highest possible id.
        var next: StreamID? = .lowest
        var addition: StreamID?
    }

    private let batch: Int

    /// Sends nothing yet; the first count starts with the ledger's first entry, and reads `batch` entries per round trip.
    package init(ledger redis: RedisClient, keys: TapeKeys, clock: TapeClock, batch: Int = 1_000) {
        self.batch = batch
        self.redis = redis
        self.keys = keys
        ledger = StreamReader(key: keys.ledger, redis: redis, clock: clock)
    }

    /// The number of entries without a key, if the table is shorter than `known` explains; otherwise nil, without counting.
    ///
    /// `opening` is the ledger's first entry; if it changes, the count starts again.
    func entriesWithoutKey(of opening: StreamID?, known: Int) async throws(RedisError) -> Int? {
        if opening != self.opening { counted = Count() }
        self.opening = opening
        guard let (entries, seen) = try await lengths(), entries - seen > known else { return nil }
        return try await countWithoutKey(of: entries, seen: seen)
    }

    /// What the table lacks, in words, by the same rule as in `create_order.lua`; nil if it is complete, or there is no ledger.
    package func shortfall() async throws(RedisError) -> String? {
        guard let (entries, seen) = try await lengths(), entries > 0 else { return nil }
        let others = entries - seen > 1 ? try await countWithoutKey(of: entries, seen: seen) : 1
        if seen < entries - others { return "it has \(seen) keys for \(entries - others) orders" }
        guard let newest = try await ledger.newest(1).first, let identity = try? LedgerEntry(newest).identity else {
            return nil
        }
        let entry = try await redis.send(RedisCommand("HGET", keys.seen, identity)).text
        if entry == "\(newest.id)" { return nil }
        if try await doubles(in: [newest]) == 1 { return nil }
        return "it lacks the newest entry, \(newest.id)"
    }

    /// The ledger's newest entry that added currencies; nil if there is none.
    ///
    /// Reads the whole ledger, independently of the table of seen keys.
    func newestAddition() async throws(RedisError) -> StreamID? {
        try await walk()
        return counted.addition
    }

    private func lengths() async throws(RedisError) -> (entries: Int, seen: Int)? {
        let lengths = try await redis.send(
            RedisCommand("XLEN", keys.ledger), then: RedisCommand("HLEN", keys.seen))
        if case .error(let text) = lengths.0 { throw RedisError(serverError: text, command: "XLEN") }
        if case .error(let text) = lengths.1 { throw RedisError(serverError: text, command: "HLEN") }
        guard case (.integer(let entries), .integer(let seen)) = lengths else { return nil }
        return (Int(clamping: entries), Int(clamping: seen))
    }

    private func countWithoutKey(of entries: Int, seen: Int) async throws(RedisError) -> Int {
        // It is another ledger, or lost keys of orders that were placed twice were restored.
        let isUnexplained = isComplete && entries - seen > counted.withoutKey && seen != seenBefore
        if entries < counted.entries || isUnexplained { counted = Count() }
        seenBefore = seen
        try await walk()
        return max(1, counted.withoutKey)
    }

    private func walk() async throws(RedisError) {
        isComplete = false
        while let first = counted.next {
            let found = try await ledger.oldest(batch, from: first)
            // A batch is counted completely or not at all; after an error it is read again.
            var count = counted
            for entry in found {
                if entry.fields["opened"] != nil || entry.fields["raised"] != nil { count.withoutKey += 1 }
                if entry.fields["added"] != nil { count.addition = entry.id }
            }
            count.withoutKey += try await doubles(in: found)
            count.entries += found.count
            if let last = found.last { count.next = last.id.successor }
            counted = count
            if found.count < batch { break }
        }
        isComplete = true
    }

    /// How many of the entries are orders whose key points to another order with the same key: the table has one field for both.
    private func doubles(in entries: [TapeEntry]) async throws(RedisError) -> Int {
        let orders = entries.compactMap { entry -> LedgerOrder? in
            if case .order(let order)? = try? LedgerEntry(entry) { order } else { nil }
        }
        guard !orders.isEmpty else { return 0 }
        let identities: [any RedisArgument] = orders.map(\.identity)
        let leads = try await redis.send(RedisCommand("HMGET", arguments: [keys.seen] + identities))
        var doubles = 0
        for (order, id) in zip(orders, leads.array ?? []) {
            guard let id = id.text.flatMap(StreamID.init), id != order.order.id.entry,
                let other = try await ledger.newest(1, from: id, to: id).first,
                case .order(let other)? = try? LedgerEntry(other), other.identity == order.identity
            else { continue }
            doubles += 1
        }
        return doubles
    }
}
