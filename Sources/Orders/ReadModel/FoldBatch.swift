package import Tape

/// What entries of the ledger add to a read model, up to the first that cannot be folded.
package struct FoldBatch: Equatable, Sendable {
    /// The orders to append, in the ledger's order; entries of other kinds are left out.
    package private(set) var orders: [BuyOrder] = []
    /// The statistics after the batch.
    package private(set) var statistics: ReadModelStatistics
    /// By how many entries the read model advances.
    package private(set) var count = 0
    /// Why the entries after these cannot be folded; nil if all that were read can.
    package private(set) var stop: FoldStop?

    /// `entries` are the ledger's from `statistics.last` on, which must be the first of them, with the same tail.
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
