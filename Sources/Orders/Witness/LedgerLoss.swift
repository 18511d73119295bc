/// An acknowledged entry that is missing in the ledger, and that nobody has counted yet.
package struct LedgerLoss: Equatable, Sendable, CustomStringConvertible {
    /// The entry, and the ledger that it belonged to.
    package let record: WitnessRecord
    /// The ledger's present running total; nil if there is no ledger.
    package let total: Satoshi?

    package var claim: LedgerClaim { record.claim }

    package var description: String {
        let now = total.map { "the ledger, which does not have it, counts \($0.btc)" } ?? "there is no ledger"
        return "the entry \(claim.mark.id) was acknowledged when \(claim.total.btc) BTC were sold, and \(now)"
    }
}
