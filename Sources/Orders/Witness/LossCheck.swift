package import Redis
package import Tape

/// The result of checking a record of an acknowledged entry against the ledger.
package enum WitnessVerdict: Equatable, Sendable {
    /// The ledger has the entry.
    case found
    /// A person has counted the loss: by a raise, or by the opening of another ledger, with at least its total.
    case counted(by: LedgerClaim)
    /// The entry is missing, and nobody has counted it.
    case lost(LedgerLoss)
    /// The record is about a ledger of another kind, or about another sandbox ledger, where nothing is at stake.
    case foreign
}

/// Checks records against a ledger, and marks a loss in the ledger's Redis for all apis.
package struct LossCheck: Sendable {
    private let redis: RedisClient
    private let keys: TapeKeys
    private let ledger: StreamReader

    private static let batch = 1_000

    package init(ledger redis: RedisClient, keys: TapeKeys, clock: TapeClock) {
        self.redis = redis
        self.keys = keys
        ledger = StreamReader(key: keys.ledger, redis: redis, clock: clock)
    }

    /// Checks a record; only reads.
    ///
    /// `opening` is the ledger's; nil without a ledger. Running totals only rise, and after a loss only a person's entry can
    /// reach the missing entry's total before new orders do, so the entries are examined from the newest down to that total.
    package func verdict(on record: WitnessRecord, opening: LedgerOpening?) async throws(RedisError) -> WitnessVerdict {
        let claim = record.claim
        if try await ledger.newest(1, from: claim.mark.id, to: claim.mark.id).first?.text("tail")
            == "\(claim.mark.tail)"
        {
            return .found
        }
        if let opening, opening.kind != record.kind || opening.kind == .sandbox && opening.id != record.opened {
            return .foreign
        }
        var newest: Satoshi?
        var last: StreamID?
        while true {
            let entries = try await ledger.newest(Self.batch, to: last)
            for entry in entries {
                guard let entry = try? LedgerEntry(entry) else { continue }
                newest = newest ?? entry.total
                guard entry.total >= claim.total else { return .lost(LedgerLoss(record: record, total: newest)) }
                // The opening of the same ledger does not count what was sold after it.
                if case .raise = entry { return .counted(by: LedgerClaim(entry)) }
                if case .opening(let opening) = entry, opening.id != record.opened {
                    return .counted(by: LedgerClaim(entry))
                }
            }
            guard entries.count == Self.batch, let next = entries.last?.id.predecessor else {
                return .lost(LedgerLoss(record: record, total: newest))
            }
            last = next
        }
    }

    /// The mark of a loss that another api has found; nil if there is none, or it cannot be read.
    package func mark() async throws(RedisError) -> WitnessRecord? {
        try await redis.send(RedisCommand("GET", keys.missing)).bytes.flatMap { WitnessRecord($0) }
    }

    /// Makes every api refuse orders until a person has counted the loss.
    package func mark(_ loss: LedgerLoss) async throws(RedisError) {
        let (record, mark) = (loss.record, loss.claim.mark)
        _ = try await redis.evaluate(
            Self.markScript, keys: [keys.ledger, keys.missing],
            arguments: ["\(mark.id)", "\(mark.tail)", record.claim.total.digits, record.text])
    }

    /// Removes the mark, if it still holds this record.
    package func clear(_ record: WitnessRecord) async throws(RedisError) {
        _ = try await redis.evaluate(Self.clearScript, keys: [keys.missing], arguments: [record.text])
    }

    private static let markScript = RedisScript(name: "mark_loss", source: PackageResources.mark_loss_lua)
    private static let clearScript = RedisScript(name: "clear_loss", source: PackageResources.clear_loss_lua)
}
