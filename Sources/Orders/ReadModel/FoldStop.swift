import Tape

/// Why no order can be folded now; all but `unconfirmed` need a person's attention.
///
/// The read model is left unchanged, because it may be the only copy of acknowledged orders.
package enum FoldStop: Error, Equatable, Sendable, CustomStringConvertible {
    /// The ledger lacks the entry that was folded last, or has another in its place: it was lost or set back.
    case ledgerLost(LedgerMark)
    /// The ledger's next entry is not valid, or does not fit the entries before it.
    case ledgerDamaged(DamagedEntry)
    /// The ledger's next entries are not yet as safe as orders must be to be acknowledged; says what they lack.
    case unconfirmed(String)
    /// The read model is not in the form that `project.lua` writes.
    case readModelDamaged(DamagedReadModel)

    package var description: String {
        switch self {
        case .ledgerLost(let mark): "the ledger does not have the entry \(mark.id) that was folded last"
        case .ledgerDamaged(let entry): "the ledger is damaged: \(entry)"
        case .unconfirmed(let words): "the ledger's next entries are not confirmed: \(words)"
        case .readModelDamaged(let model): "\(model)"
        }
    }
}
