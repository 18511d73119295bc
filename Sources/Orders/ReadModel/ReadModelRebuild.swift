package import Redis
package import Tape

/// Folds the ledger anew, beside the read model that is in use, and puts the new one in its place at once.
///
/// Readers and projectors may go on meanwhile. A rebuild that was killed leaves keys that the next one removes first;
/// two at once hinder, but do not harm, each other.
package struct ReadModelRebuild: Sendable {
    private let readModel: RedisClient
    private let fold: LedgerFold
    private let history: OrderHistory
    private let live: ReadModelKeys
    private let shadow: ReadModelKeys

    private static let batch = 500

    package init(
        readModel: RedisClient, ledger: RedisClient, keys: TapeKeys, confirmation: LedgerConfirmation? = nil,
        clock: TapeClock
    ) {
        self.readModel = readModel
        fold = LedgerFold(
            readModel: readModel, ledger: ledger, keys: keys, space: .rebuild, confirmation: confirmation, clock: clock)
        history = OrderHistory(readModel: readModel, ledger: ledger, keys: keys, clock: clock)
        live = ReadModelKeys(keys)
        shadow = ReadModelKeys(keys, .rebuild)
    }

    /// Returns the sums of the read model that is in use now.
    ///
    /// Throws `FoldStop` where the ledger cannot be folded to its end, `EmptyLedger`, and `LostOrders`; the live read model
    /// is as it was then.
    package func run() async throws -> ReadModelStatistics {
        try await requireNothingLost()
        try await remove()
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            switch try await fold.step(atMost: Self.batch) {
            case .moved: continue
            // The end need not be reached: orders may come as fast as they are folded.
            case .folded(let batch) where batch.count < Self.batch && batch.stop == nil:
                if try await replace(batch.statistics.last) { return batch.statistics }
            case .folded: continue
            case .caughtUp(let statistics):
                if try await replace(statistics.last) { return statistics }
            case .stopped(let stop):
                try await remove()
                throw stop
            }
        }
    }

    /// The live read model may be the last witness of orders that the ledger lost: first they have to count again.
    private func requireNothingLost() async throws {
        let witness: ReadModelStatistics
        do {
            witness = try await history.statistics()
        } catch is DamagedReadModel {
            // One that is damaged is no witness; one that only does not answer may be.
            return
        } catch let error as RedisError where error.code == .server("WRONGTYPE") {
            return
        }
        guard let last = witness.last else { return }
        let total: Satoshi?
        do {
            total = try await history.ledgerTotal()
        } catch is DamagedEntry {
            // The fold stops there, and says so.
            return
        }
        guard let total else { throw EmptyLedger() }
        if try await history.has(last) || total >= witness.total { return }
        throw LostOrders(last: last.id, sold: witness.total, ledger: total)
    }

    private func remove() async throws(RedisError) {
        _ = try await readModel.send(RedisCommand("UNLINK", arguments: shadow.all))
    }

    private func replace(_ last: LedgerMark?) async throws -> Bool {
        guard let last else { throw EmptyLedger() }
        let reply = try await readModel.evaluate(
            Self.script, keys: live.all + shadow.all, arguments: ["\(last.id)", "\(last.tail)"])
        switch reply.array?.first?.text {
        case "ok": return true
        case "moved": return false
        default:
            throw RedisError(.unexpectedReply, command: "replace.lua", message: "a reply that the script does not make")
        }
    }

    private static let script = RedisScript(
        name: "replace", source: PackageResources.replace_lua, probesWrites: true)
}

/// The read model has orders that the ledger does not have, and does not count.
package struct LostOrders: Error, Equatable, Sendable, CustomStringConvertible {
    let last: StreamID
    let sold: Satoshi
    let ledger: Satoshi

    package var description: String {
        "the read model goes up to the entry \(last) and \(sold.btc) BTC, and the ledger, which does not have it, to "
            + "\(ledger.btc): put a newer copy back, or count what is lost first: cointape orders raise --sold \(sold.btc)"
    }
}

/// There is no ledger to fold: a read model, if there is one, is all that is left of it.
package struct EmptyLedger: Error, Equatable, Sendable, CustomStringConvertible {
    package init() {}

    package var description: String { "the ledger is empty: there is nothing to make a read model of" }
}
