import Basics
package import Redis
package import Tape

/// Keeps a horizon right: reads at the start what the read model and the witnesses know, and looks again and again whether
/// the ledger still has it.
///
/// A loss is marked in the ledger's Redis, so that every api refuses orders, and the mark is taken away once a person has
/// counted it, or the entry is there again.
package struct HorizonKeeper: Sendable {
    private let history: OrderHistory
    private let horizon: LedgerHorizon
    private let check: LossCheck
    private let census: KeyCensus
    private let files: [WitnessFile.Found]
    private let witness: WitnessRedis?

    /// `files` is what witness files held at the start of the process.
    package init(
        history: OrderHistory, horizon: LedgerHorizon, ledger: RedisClient, files: [WitnessFile.Found] = [],
        witness: WitnessRedis? = nil, keys: TapeKeys, clock: TapeClock
    ) {
        self.history = history
        self.horizon = horizon
        self.files = files
        self.witness = witness
        check = LossCheck(ledger: ledger, keys: keys, clock: clock)
        census = KeyCensus(ledger: ledger, keys: keys, clock: clock)
    }

    /// Looks once; returns what the read model has folded last.
    ///
    /// Throws `RedisError` and `DamagedReadModel`; the horizon is right as of the last look then.
    @discardableResult
    package func look() async throws -> LedgerMark? {
        // One that cannot be read is no opening: the script that places orders says so.
        let opening = (try? await history.opening()) ?? nil
        horizon.note(opening: opening)
        let folded = try await history.folded()
        if let folded { horizon.note(folded) }
        if !horizon.isKnown {
            for record in try await kept() where try await check.verdict(on: record, opening: opening).isClaim {
                horizon.note(record)
            }
            horizon.open()
        }
        try await judge(opening)
        if let count = try await census.entriesWithoutKey(known: horizon.entriesWithoutKey) {
            horizon.note(entriesWithoutKey: count)
        }
        return folded?.mark
    }

    private func kept() async throws(RedisError) -> [WitnessRecord] {
        files.compactMap(\.record) + [try await witness?.read()].compactMap(\.self)
    }

    private func judge(_ opening: LedgerOpening?) async throws {
        var loss: LedgerLoss?
        if let record = horizon.record {
            switch try await check.verdict(on: record, opening: opening) {
            case .found: break
            case .lost(let found):
                loss = found
                try await check.mark(found)
            case .counted, .foreign:
                let next = try await history.newestEntry().map { LedgerClaim($0) }
                horizon.replace(record.claim, by: next)
                if let record = horizon.record { try await witness?.replace(record) }
            }
        }
        if let mark = try await check.mark() {
            if case .lost(let found) = try await check.verdict(on: mark, opening: opening) {
                loss = loss ?? found
            } else {
                try await check.clear(mark)
            }
        }
        horizon.note(loss: loss)
    }
}

extension WitnessVerdict {
    /// Whether the record is to be held against the ledger from now on.
    fileprivate var isClaim: Bool {
        switch self {
        case .found, .lost: true
        case .counted, .foreign: false
        }
    }
}
