/// Some orders, the newest first.
package struct OrderPage: Equatable, Sendable {
    /// At most as many as the page was asked for; empty where there are none below the cursor.
    package let orders: [BuyOrder]
    /// The cursor of the next page; nil when this is the last one.
    package let next: OrderID?
    /// What the read model had folded when the page was read; nil while it is empty.
    package let last: LedgerMark?

    /// Makes the page of rows that were asked for one more than `size`: the ledger's first, then the read model's.
    init(_ ledger: [BuyOrder], _ readModel: [BuyOrder], size: Int, last: LedgerMark?) {
        let rows = (ledger + readModel).prefix(size + 1)
        orders = Array(rows.prefix(size))
        next = rows.count > size ? orders.last?.id : nil
        self.last = last
    }
}

/// There are more orders that were not projected than a page of one currency looks through.
package struct ReadModelBehind: Error, Equatable, Sendable, CustomStringConvertible {
    package init() {}

    package var description: String { "the read model of orders is too far behind the ledger" }
}
