/// An acknowledged entry that the ledger does not have, and that nobody has counted yet.
package struct LedgerLoss: Equatable, Sendable, CustomStringConvertible {
    /// What was acknowledged, and of which ledger it was.
    package let record: WitnessRecord
    /// The ledger's running total; nil without a ledger.
    package let total: Satoshi?

    package var claim: LedgerClaim { record.claim }

    package var description: String {
        let now = total.map { "the ledger, which does not have it, counts \($0.btc)" } ?? "there is no ledger"
        return "the entry \(claim.mark.id) was acknowledged when \(claim.total.btc) BTC were sold, and \(now)"
    }
}
