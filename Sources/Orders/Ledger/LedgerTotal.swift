import Tape

extension OrderHistory {
    /// The sum of all orders so far, as the ledger's newest entry has it; nil when there is no ledger.
    package func ledgerTotal() async throws -> Satoshi? {
        guard let entry = try await ledger.newest(1).first else { return nil }
        return try LedgerEntry(entry).total
    }
}
