/// A page of orders, newest first.
package struct OrderPage: Equatable, Sendable {
    /// At most as many as were requested; empty if there are none below the cursor.
    package let orders: [BuyOrder]
    /// The cursor of the next page; nil on the last page.
    package let next: OrderID?
    /// The last entry that the read model had folded when the page was read; nil while it is empty.
    package let last: LedgerMark?

    /// Makes the page from the ledger's rows, then the read model's; one more than `size` was requested of them.
    init(_ ledger: [BuyOrder], _ readModel: [BuyOrder], size: Int, last: LedgerMark?) {
        let rows = (ledger + readModel).prefix(size + 1)
        orders = Array(rows.prefix(size))
        next = rows.count > size ? orders.last?.id : nil
        self.last = last
    }
}

/// There are more unprojected orders than a page of one currency examines.
package struct ReadModelBehind: Error, Equatable, Sendable, CustomStringConvertible {
    package init() {}

    package var description: String { "the read model of orders is too far behind the ledger" }
}
