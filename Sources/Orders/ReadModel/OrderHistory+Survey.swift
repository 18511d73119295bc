import Redis
import Tape

extension OrderHistory {
    /// The ledger's first entry; nil where there is none, or it is no opening.
    package func opening() async throws -> LedgerOpening? {
        guard let first = try await ledger.oldest(), case .opening(let opening) = try LedgerEntry(first) else {
            return nil
        }
        return opening
    }

    /// How many entries the ledger has, the opening included.
    package func entries() async throws -> Int {
        try await ledger.survey().entries
    }

    /// How many entries of the ledger the read model does not have yet.
    package func unprojected(atMost most: Int) async throws -> Int {
        guard let first = try await last().map(\.id.successor) ?? .lowest else { return 0 }
        return try await ledger.oldest(most, from: first).count
    }
}
