package import Tape

/// What entries of the ledger add to a read model, as far as they can be folded.
package struct FoldBatch: Equatable, Sendable {
    /// The orders to append, in the ledger's order; the opening is none.
    package private(set) var orders: [BuyOrder] = []
    /// As they will be.
    package private(set) var statistics: ReadModelStatistics
    /// How many entries it takes the read model on by.
    package private(set) var count = 0
    /// What stands behind these entries, if they are not all that was read.
    package private(set) var stop: FoldStop?

    /// The entries are the ledger's, from `statistics.last` on: that one must be the first, with the same tail.
    package init(_ statistics: ReadModelStatistics, _ entries: [TapeEntry]) {
        self.statistics = statistics
        var rest = entries[...]
        if let last = statistics.last {
            let first = rest.popFirst()
            guard first?.id == last.id, first?.text("tail") == "\(last.tail)" else {
                stop = .ledgerLost(last)
                return
            }
        }
        do throws(DamagedEntry) {
            for entry in rest { try fold(try LedgerEntry(entry)) }
        } catch {
            stop = .ledgerDamaged(error)
        }
    }

    private mutating func fold(_ entry: LedgerEntry) throws(DamagedEntry) {
        try statistics.fold(entry)
        count += 1
        if case .order(let order) = entry { orders.append(order.order) }
    }
}
