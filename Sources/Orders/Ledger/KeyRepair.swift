package import Redis
package import Tape

/// Restores the table of seen keys from the ledger.
///
/// Apis may keep running. While the table is too short for the ledger, they refuse all orders; if keys of an earlier ledger hide
/// that, an order whose key is lost may be placed again until its key is restored.
package struct KeyRepair: Sendable {
    /// The result of one run from the ledger's first entry to its newest.
    package struct Report: Equatable, Sendable {
        /// The number of orders in the ledger, and of keys that were restored.
        package fileprivate(set) var orders = 0
        package fileprivate(set) var restored = 0
        /// Orders that were placed twice with the same currency, amount and key while the key was lost.
        package fileprivate(set) var doubled = LedgerFindings()
    }

    private let redis: RedisClient
    private let keys: TapeKeys
    private let ledger: StreamReader

    private static let batch = 500

    package init(ledger redis: RedisClient, keys: TapeKeys, clock: TapeClock) {
        self.redis = redis
        self.keys = keys
        ledger = StreamReader(key: keys.ledger, redis: redis, clock: clock)
    }

    /// Throws `RedisError`, and `DamagedEntry` at the first unreadable entry; everything before it has been repaired then.
    package func run() async throws -> Report {
        var report = Report()
        var next: StreamID? = StreamID(milliseconds: 0, sequence: 0)
        while let first = next {
            let entries = try await ledger.oldest(Self.batch, from: first)
            var found: [LedgerEntry] = []
            var damage: DamagedEntry?
            do throws(DamagedEntry) {
                for entry in entries { found.append(try LedgerEntry(entry)) }
            } catch {
                damage = error
            }
            try await repair(found, &report)
            if let damage { throw damage }
            next = entries.count < Self.batch ? nil : entries.last?.id.successor
        }
        return report
    }

    private func repair(_ entries: [LedgerEntry], _ report: inout Report) async throws(RedisError) {
        let arguments = entries.flatMap { entry in entry.identity.map { [$0, "\(entry.id)"] } ?? [] }
        guard !arguments.isEmpty else { return }
        let reply = try await redis.evaluate(Self.script, keys: [keys.ledger, keys.seen], arguments: arguments)
        report.restored += Int(clamping: reply.integer ?? 0)
        let orders = entries.compactMap { if case .order(let order) = $0 { order } else { nil } }
        guard !orders.isEmpty else { return }
        report.orders += orders.count
        let identities: [any RedisArgument] = orders.map(\.identity)
        let seen = try await redis.send(RedisCommand("HMGET", arguments: [keys.seen] + identities))
        for (order, entry) in zip(orders, seen.array ?? []) where entry.text != "\(order.order.id.entry)" {
            report.doubled.add(
                order.order.id.entry,
                "is one of several orders under \"\(order.identity)\"; whoever asks again is told \(entry.text ?? "none")"
            )
        }
    }

    private static let script = RedisScript(
        name: "repair_keys", source: PackageResources.repair_keys_lua, functions: PackageResources.ledger_lua)
}
