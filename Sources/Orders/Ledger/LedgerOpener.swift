import Basics
package import Redis
package import Tape

/// Opens the ledger, once: the total that was sold must never silently restart at zero.
package struct LedgerOpener: Sendable {
    /// The result of opening; all but `opened` have changed nothing.
    package enum Outcome: Equatable, Sendable {
        /// The ledger is open now; this is its first entry.
        case opened(LedgerMark)
        /// The ledger already exists, and begins with this entry.
        case isOpen(StreamID)
        /// There are signs of an earlier ledger, given in words, and nobody stated how much it had sold.
        case hadOne(String)
        /// More had been sold than was stated: at least this much, according to a witness, the read model or a recorded loss.
        case tooLittle(Satoshi)
    }

    private let redis: RedisClient
    private let readModel: RedisClient
    private let keys: TapeKeys
    private let history: OrderHistory
    private let witnesses: LedgerWitnesses
    private let clock: TapeClock

    package init(
        ledger redis: RedisClient, readModel: RedisClient, witnesses: LedgerWitnesses, keys: TapeKeys, clock: TapeClock
    ) {
        self.witnesses = witnesses
        self.redis = redis
        self.readModel = readModel
        self.keys = keys
        self.clock = clock
        history = OrderHistory(readModel: readModel, ledger: redis, keys: keys, clock: clock)
    }

    /// The ledger's first entry; nil if there is no ledger.
    package func firstEntry() async throws(RedisError) -> StreamID? {
        try await history.ledger.oldest()?.id
    }

    /// Signs of an earlier ledger, in words, if there is none now; nil if there are no signs.
    ///
    /// Everything that advises to open a ledger uses this rule. A key of any type is a sign, because somebody has created it. Of
    /// the witnesses, only those for a ledger of this kind count; all of them if `kind` is nil.
    package func trace(of kind: DataKind?) async throws(RedisError) -> String? {
        // A read model always has its statistics or a stream of all orders.
        let live = ReadModelKeys(keys).all(LedgerTerms.standard.currencies)
        if try await exists(live, readModel) {
            if let last = try? await history.last() { return "the read model goes up to the entry \(last.id)" }
            return "the read model is there (\(live[0]) and others)"
        }
        if try await exists(ReadModelKeys(keys, .rebuild).all(LedgerTerms.standard.currencies), readModel) {
            return "a rebuild of the read model was started and not finished"
        }
        if let witness = try await witnesses.highest(of: kind) {
            let claim = witness.record.claim
            return "\(witness.place) has the entry \(claim.mark.id), when \(claim.total.btc) BTC were sold"
        }
        if let witness = try await witnesses.unreadable().first { return "the witness \(witness) cannot be read" }
        if try await exists([keys.missing], redis) {
            return "\(keys.missing) says that an acknowledged order is missing"
        }
        if try await exists([keys.seen], redis) { return "\(keys.seen) exists" }
        if try await exists([keys.ledger], redis) { return "\(keys.ledger) has had entries" }
        // If the user may not read this, the sign is skipped; the others suffice.
        let stats = try? await redis.server(of: keys.ledger).send(RedisCommand("INFO", "stats")).text
        guard let evicted = stats.flatMap({ RedisInfo($0).integer("evicted_keys") }), evicted > 0 else { return nil }
        return "Redis has evicted \(evicted) keys since it was started, and the ledger may be one of them"
    }

    private func exists(_ keys: [String], _ redis: RedisClient) async throws(RedisError) -> Bool {
        try await redis.send(RedisCommand("EXISTS", arguments: keys)).integer ?? 0 > 0
    }

    /// With `alreadySold`, other signs of an earlier ledger are ignored; it must be at least what a witness or the read model
    /// says, and at most the cap.
    package func open(
        _ kind: DataKind, _ terms: LedgerTerms = .standard, alreadySold: Satoshi?
    ) async throws(RedisError) -> Outcome {
        if let first = try await firstEntry() { return .isOpen(first) }
        if let alreadySold {
            let totals = [
                try await witnesses.highest(of: kind)?.record.claim.total, try await history.witnessed()?.total,
            ]
            if let total = totals.compactMap(\.self).max(), alreadySold < total { return .tooLittle(total) }
        } else if let trace = try await trace(of: kind) {
            return .hadOne(trace)
        }
        let tail = OrderTail.random()
        let reply = try await redis.evaluate(
            Self.script, keys: [keys.ledger, keys.seen, keys.missing],
            arguments: [
                alreadySold?.digits ?? "", kind.rawValue, "\(tail)", clock.now.rfc3339, terms.cap.digits,
                LedgerTerms.text(of: terms.currencies), LedgerOpening.kindField(terms),
            ])
        let parts = (reply.array ?? []).map { $0.text ?? "" }
        switch (parts.first, parts.dropFirst().first) {
        case ("ok", let id?):
            if let id = StreamID(id) { return .opened(LedgerMark(id: id, tail: tail)) }
        case ("open", let id?):
            if let id = StreamID(id) { return .isOpen(id) }
        case ("seen", let words?): return .hadOne(words)
        case ("too-little", let sold?):
            if let sold = Satoshi(digits: sold.utf8) { return .tooLittle(sold) }
            throw RedisError(
                .unexpectedReply, command: "open_ledger.lua",
                message: "the mark of a loss, \(keys.missing), cannot be read: find out what was sold, and DEL it")
        default: break
        }
        throw RedisError(
            .unexpectedReply, command: "open_ledger.lua", message: "the answer \"\(parts.joined(separator: " "))\"")
    }

    private static let script = RedisScript(
        name: "open_ledger", source: PackageResources.open_ledger_lua, functions: PackageResources.ledger_lua,
        probesWrites: true)
}
