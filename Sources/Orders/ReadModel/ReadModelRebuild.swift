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
    private let check: LossCheck
    private let live: ReadModelKeys
    private let shadow: ReadModelKeys

    private static let batch = 500

    /// Without a confirmation it also folds entries that are not confirmed.
    package init(
        readModel: RedisClient, ledger: RedisClient, keys: TapeKeys, confirmation: LedgerConfirmation? = nil,
        clock: TapeClock
    ) {
        self.readModel = readModel
        fold = LedgerFold(
            readModel: readModel, ledger: ledger, keys: keys, space: .rebuild, confirmation: confirmation, clock: clock)
        history = OrderHistory(readModel: readModel, ledger: ledger, keys: keys, clock: clock)
        check = LossCheck(ledger: ledger, keys: keys, clock: clock)
        live = ReadModelKeys(keys)
        shadow = ReadModelKeys(keys, .rebuild)
    }

    /// Returns the sums of the read model that is in use now.
    ///
    /// Throws `FoldStop` where the ledger cannot be folded to its end, and `RebuildError`; the live read model
    /// is as it was then.
    package func run() async throws -> ReadModelStatistics {
        try await requireNothingLost()
        try await remove(await leftovers())
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            switch try await fold.step(atMost: Self.batch) {
            case .moved: continue
            // The end need not be reached: orders may come as fast as they are folded.
            case .folded(let batch) where batch.count < Self.batch && batch.stop == nil:
                if try await replace(by: batch.statistics) { return batch.statistics }
            case .folded: continue
            case .caughtUp(let statistics):
                if try await replace(by: statistics) { return statistics }
            case .stopped(let stop):
                try await remove(await leftovers())
                throw stop
            }
        }
    }

    /// The live read model may be the last witness of orders that the ledger lost: first they have to count again.
    private func requireNothingLost() async throws {
        guard let claim = try await history.witnessed() else { return }
        let opening: LedgerOpening?
        do {
            opening = try await history.opening()
        } catch is DamagedEntry {
            // The fold stops there, and says so.
            return
        }
        guard let opening else {
            // Where the first entry is no opening the fold stops, too.
            guard try await history.entries() > 0 else { throw RebuildError.ledgerEmpty }
            return
        }
        let record = HeldClaims.Ledger(kind: opening.kind, opened: opening.id).record(of: claim)
        guard case .lost(let loss) = try await check.verdict(on: record, opening: opening) else { return }
        throw RebuildError.ordersLost(loss)
    }

    private func remove(_ currencies: [Currency]) async throws(RedisError) {
        _ = try await readModel.send(RedisCommand("UNLINK", arguments: shadow.all(currencies)))
    }

    /// The currencies of whatever a rebuild that was killed has left, and of those that the ledger takes.
    private func leftovers() async throws(RedisError) -> [Currency] {
        let known = (try? await history.terms())?.currencies ?? LedgerTerms.standard.currencies
        return Self.union(known, Self.read(try await stated(shadow)))
    }

    /// What statistics say of their currencies; empty where they say nothing.
    private func stated(_ keys: ReadModelKeys) async throws(RedisError) -> String {
        do throws(RedisError) {
            return try await readModel.send(RedisCommand("HMGET", keys.statistics, "currencies")).array?.first?.text
                ?? ""
        } catch {
            guard error.code == .server("WRONGTYPE") else { throw error }
            return ""
        }
    }

    /// A read model that does not say which, or not legibly, may be one of an earlier build.
    private static func read(_ stated: String) -> [Currency] {
        (try? LedgerTerms.currencies(stated)) ?? LedgerTerms.standard.currencies
    }

    private static func union(_ first: [Currency], _ second: [Currency]) -> [Currency] {
        first + second.filter { !first.contains($0) }
    }

    private func replace(by statistics: ReadModelStatistics) async throws -> Bool {
        guard let last = statistics.last else { throw RebuildError.ledgerEmpty }
        let stated = try await stated(live)
        let currencies = Self.union(statistics.currencies, Self.read(stated))
        let reply = try await readModel.evaluate(
            Self.script, keys: live.all(currencies) + shadow.all(currencies),
            arguments: ["\(last.id)", "\(last.tail)", stated])
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

/// Why no read model can be made of a ledger.
package enum RebuildError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no ledger to fold: a read model, if there is one, is all that is left of it.
    case ledgerEmpty
    /// The read model has orders that the ledger does not have, and that nobody has counted.
    case ordersLost(LedgerLoss)

    package var description: String {
        switch self {
        case .ledgerEmpty: "the ledger is empty: there is nothing to make a read model of"
        case .ordersLost(let loss):
            "the read model is the witness of lost orders: \(loss); put a newer copy back, or count what is lost first: "
                + "cointape orders raise --sold \(max(loss.claim.total, loss.total ?? loss.claim.total).btc) or more"
        }
    }
}
