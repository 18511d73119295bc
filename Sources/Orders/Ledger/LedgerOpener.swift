import Basics
package import Redis
package import Tape

/// Opens the ledger, once: what was sold is never begun again at nothing by itself.
package struct LedgerOpener: Sendable {
    package enum Outcome: Equatable, Sendable {
        case opened(LedgerMark)
        /// There is a ledger, which begins with this entry.
        case isOpen(StreamID)
        /// This shows, in words, that there was one, and it was not said how much that one had sold.
        case hadOne(String)
        /// More had been sold than was said: at least this much, as a witness or a marked loss says.
        case tooLittle(Satoshi)
    }

    private let redis: RedisClient
    private let keys: TapeKeys
    private let history: OrderHistory
    private let witnesses: LedgerWitnesses
    private let clock: TapeClock

    package init(
        ledger redis: RedisClient, readModel: RedisClient, witnesses: LedgerWitnesses, keys: TapeKeys, clock: TapeClock
    ) {
        self.witnesses = witnesses
        self.redis = redis
        self.keys = keys
        self.clock = clock
        history = OrderHistory(readModel: readModel, ledger: redis, keys: keys, clock: clock)
    }

    /// The ledger's first entry; nil when there is no ledger.
    package func firstEntry() async throws(RedisError) -> StreamID? {
        try await history.ledger.oldest()?.id
    }

    /// With `alreadySold`, which is at most the cap, whatever shows that there was a ledger is left as it is.
    ///
    /// Throws `RedisError` and `DamagedReadModel`.
    package func open(_ kind: LedgerOpening.Kind, alreadySold: Satoshi?) async throws -> Outcome {
        if let first = try await firstEntry() { return .isOpen(first) }
        if alreadySold == nil, let last = try await history.last() {
            return .hadOne("the read model goes up to the entry \(last.id)")
        }
        if let witness = try await witnesses.highest(of: kind) {
            let claim = witness.record.claim
            guard let alreadySold else {
                return .hadOne("\(witness.place) has the entry \(claim.mark.id), when \(claim.total.btc) BTC were sold")
            }
            if alreadySold < claim.total { return .tooLittle(claim.total) }
        }
        let tail = OrderTail.random()
        let reply = try await redis.evaluate(
            Self.script, keys: [keys.ledger, keys.seen, keys.missing],
            arguments: [alreadySold?.digits ?? "", kind.rawValue, "\(tail)", clock.now.rfc3339])
        let parts = (reply.array ?? []).map { $0.text ?? "" }
        switch (parts.first, parts.dropFirst().first) {
        case ("ok", let id?):
            if let id = StreamID(id) { return .opened(LedgerMark(id: id, tail: tail)) }
        case ("open", let id?):
            if let id = StreamID(id) { return .isOpen(id) }
        case ("seen", let words?): return .hadOne(words)
        case ("too-little", let sold?):
            if let sold = Satoshi(digits: sold.utf8) { return .tooLittle(sold) }
        default: break
        }
        throw RedisError(
            .unexpectedReply, command: "open_ledger.lua", message: "the answer \"\(parts.joined(separator: " "))\"")
    }

    private static let script = RedisScript(
        name: "open_ledger", source: PackageResources.open_ledger_lua, probesWrites: true)
}
