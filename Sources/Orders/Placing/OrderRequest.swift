/// What a client asks for.
package struct OrderRequest: Hashable, Sendable {
    package let currency: Currency
    package let amount: Amount
    package let key: IdempotenceKey

    package init(currency: Currency, amount: Amount, key: IdempotenceKey) {
        self.currency = currency
        self.amount = amount
        self.key = key
    }
}
