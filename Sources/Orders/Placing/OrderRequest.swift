/// A client's request for an order.
package struct OrderRequest: Hashable, Sendable {
    package let currency: Currency
    package let amount: Amount
    /// Identifies the order together with currency and amount: the same key with another amount is another order.
    package let key: IdempotenceKey

    package init(currency: Currency, amount: Amount, key: IdempotenceKey) {
        self.currency = currency
        self.amount = amount
        self.key = key
    }
}
