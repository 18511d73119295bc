import Tape

/// Why no order can be folded now: all but `unconfirmed` are for a person to look at.
///
/// The read model is left as it is: it may be the only copy of orders that were acknowledged.
package enum FoldStop: Error, Equatable, Sendable, CustomStringConvertible {
    /// The ledger does not have the entry that was folded last, or another one in its place: it was lost or set back.
    case ledgerLost(LedgerMark)
    /// The ledger's next entry is not what cointape writes, or not what may stand behind the entries before it.
    case ledgerDamaged(DamagedEntry)
    /// The ledger's next entries are not as safe yet as orders must be to be acknowledged; what they lack, in words.
    case unconfirmed(String)
    /// The read model is not what `project.lua` writes.
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
