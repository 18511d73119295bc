package import Basics
package import Tape

/// An order as clients see it.
package struct BuyOrder: Equatable, Sendable {
    package let id: OrderID
    /// When it was taken, in RFC 3339, by the common clock of Redis and the api.
    package let createdAt: String
    package let currency: Currency
    package let amount: Amount
    /// The price of one BTC, in `currency`.
    package let rate: Rate
    /// The minute of the rate in the stream of rates.
    package let rateMinute: Minute
    /// The amount that was bought, rounded up to the next whole satoshi.
    package let satoshi: Satoshi

    package init(
        id: OrderID, createdAt: String, currency: Currency, amount: Amount, rate: Rate, rateMinute: Minute,
        satoshi: Satoshi
    ) {
        self.id = id
        self.createdAt = createdAt
        self.currency = currency
        self.amount = amount
        self.rate = rate
        self.rateMinute = rateMinute
        self.satoshi = satoshi
    }

    /// Reads an entry of the ledger or of the read model.
    package init(_ entry: TapeEntry) throws(DamagedEntry) {
        let fields = EntryFields(entry)
        let tail = try fields.read("tail", OrderTail.init)
        guard let id = OrderID(entry.id, tail: tail) else { throw DamagedEntry(entry.id, "has an id beyond a UUID") }
        self.init(
            id: id, createdAt: try fields.read("created_at") { Timestamp(rfc3339: $0) == nil ? nil : $0 },
            currency: try fields.read("currency", Currency.init),
            amount: try fields.read("amount") { text in Amount(text.utf8).flatMap { "\($0)" == text ? $0 : nil } },
            rate: try fields.read("rate", Rate.init), rateMinute: try fields.read("rate_minute", Minute.init(_:)),
            satoshi: try fields.read("satoshi") { Satoshi(digits: $0.utf8) })
    }

    /// The fields of its entry, in order.
    package var fields: [(name: String, value: String)] {
        [
            ("currency", currency.rawValue), ("amount", "\(amount)"), ("rate", "\(rate)"),
            ("rate_minute", "\(rateMinute)"), ("satoshi", satoshi.digits), ("tail", "\(id.tail)"),
            ("created_at", createdAt),
        ]
    }
}
