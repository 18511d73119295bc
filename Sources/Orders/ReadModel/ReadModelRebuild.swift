package import Redis
package import Tape

/// Folds the ledger again into a second read model, and replaces the live one by it in one step.
///
/// Readers and project workers may keep running. A rebuild that was killed leaves keys behind, which the next one removes first;
/// two rebuilds at once slow each other down, but do no harm.
package struct ReadModelRebuild: Sendable {
    private let readModel: RedisClient
    private let fold: LedgerFold
    private let history: OrderHistory
    private let check: LossCheck
    private let live: ReadModelKeys
    private let shadow: ReadModelKeys

    private static let batch = 500

    /// Without a `confirmation`, it also folds unconfirmed entries.
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

    /// Returns the sums of the new live read model.
    ///
    /// Throws `FoldStop` if the ledger cannot be folded completely, or `RebuildError`; the live read model is unchanged then.
    package func run() async throws -> ReadModelStatistics {
        try await requireNothingLost()
        try await remove(await leftovers())
        while true {
            guard !Task.isCancelled else { throw CancellationError() }
            switch try await fold.step(atMost: Self.batch) {
            case .moved: continue
            // It is replaced before the end is reached, because orders may arrive as fast as they are folded.
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

    /// Refuses if the live read model is the last record of orders that the ledger lost, until they are counted.
    private func requireNothingLost() async throws {
        guard let claim = try await history.witnessed() else { return }
        let opening: LedgerOpening?
        do {
            opening = try await history.opening()
        } catch is DamagedEntry {
            // The fold stops at this entry, and reports it.
            return
        }
        guard let opening else {
            // The fold also stops if the first entry is not an opening.
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

    /// The currencies of a killed rebuild's leftovers, and those that the ledger takes.
    private func leftovers() async throws(RedisError) -> [Currency] {
        let known = (try? await history.terms())?.currencies ?? LedgerTerms.standard.currencies
        return Self.union(known, Self.read(try await stated(shadow)))
    }

    /// The currencies that the statistics state; empty if they state none.
    private func stated(_ keys: ReadModelKeys) async throws(RedisError) -> String {
        do throws(RedisError) {
            return try await readModel.send(RedisCommand("HMGET", keys.statistics, "currencies")).array?.first?.text
                ?? ""
        } catch {
            guard error.code == .server("WRONGTYPE") else { throw error }
            return ""
        }
    }

    /// A read model that does not state them, or not readably, may come from an earlier build.
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

/// Why no read model can be built from a ledger.
package enum RebuildError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is no ledger to fold; the read model, if there is one, is all that is left of it.
    case ledgerEmpty
    /// The read model has orders that the ledger lacks, and that nobody has counted.
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
