import Redis
package import Tape

extension OrderHistory {
    /// How many orders there are: those that are folded, and at most so many that are not.
    package func orders(atMost most: Int) async throws -> Int {
        let statistics = try await statistics()
        let folded = Int(clamping: statistics.count)
        guard let first = statistics.last.map(\.id.successor) ?? .lowest else { return folded }
        let rest = try await ledger.oldest(most, from: first)
        return try folded + rest.count { if case .order = try LedgerEntry($0) { true } else { false } }
    }

    /// What the read model says was sold, as a witness of the ledger: nil if it is empty, and if it is damaged.
    ///
    /// Throws if its Redis does not answer: then it may be a witness.
    func witnessed() async throws(RedisError) -> LedgerClaim? {
        do {
            return try await folded()
        } catch let error as RedisError where error.code != .server("WRONGTYPE") {
            throw error
        } catch {
            return nil
        }
    }

    /// How many entries the ledger has, the opening included.
    package func entries() async throws -> Int {
        try await ledger.survey().entries
    }

    /// The ledger's first entry behind what was folded last; nil when all are folded.
    package func firstUnprojected(behind last: LedgerMark?) async throws -> StreamID? {
        guard let first = last.map(\.id.successor) ?? .lowest else { return nil }
        return try await ledger.oldest(1, from: first).first?.id
    }

    /// How many entries of the ledger the read model does not have yet.
    package func unprojected(atMost most: Int) async throws -> Int {
        guard let first = try await last().map(\.id.successor) ?? .lowest else { return 0 }
        return try await ledger.oldest(most, from: first).count
    }
}
