import Redis
package import Tape

extension OrderHistory {
    /// The number of orders: those that are folded, plus at most this many that are not.
    package func orders(atMost most: Int) async throws -> Int {
        let statistics = try await statistics()
        let folded = Int(clamping: statistics.count)
        guard let first = statistics.last.map(\.id.successor) ?? .lowest else { return folded }
        let rest = try await ledger.oldest(most, from: first)
        return try folded + rest.count { if case .order = try LedgerEntry($0) { true } else { false } }
    }

    /// What was sold according to the read model; nil if it is empty or damaged.
    ///
    /// Throws if its Redis does not answer, because it may then know of orders.
    func witnessed() async throws(RedisError) -> LedgerClaim? {
        do {
            return try await folded()
        } catch let error as RedisError where error.code != .server("WRONGTYPE") {
            throw error
        } catch {
            return nil
        }
    }

    /// The number of entries in the ledger, including the opening.
    package func entries() async throws -> Int {
        try await ledger.survey().entries
    }

    /// The ledger's first entry after the last folded one; nil if all are folded.
    package func firstUnprojected(behind last: LedgerMark?) async throws -> StreamID? {
        guard let first = last.map(\.id.successor) ?? .lowest else { return nil }
        return try await ledger.oldest(1, from: first).first?.id
    }

    /// The number of entries in the ledger that the read model does not have yet.
    package func unprojected(atMost most: Int) async throws -> Int {
        guard let first = try await last().map(\.id.successor) ?? .lowest else { return 0 }
        return try await ledger.oldest(most, from: first).count
    }
}
