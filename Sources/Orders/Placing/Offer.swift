package import Basics
package import Tape

/// What an amount buys at a rate, and between which instants of Redis' clock that holds.
package struct Offer: Equatable, Sendable {
    /// What the amount buys, rounded up to the next whole satoshi.
    package let satoshi: Satoshi
    package let rate: Rate
    package let rateMinute: Minute
    /// Of the rate: a ledger takes the offer only if it is of the same kind.
    package let kind: DataKind
    /// Instants of the wall, as Redis' TIME tells them.
    package let validFrom: Timestamp
    package let validUntil: Timestamp

    /// A minute's rate may be a little ahead of Redis' clock: publishing allows for as much.
    private static let lead: Duration = .seconds(5)

    /// nil when there is no rate for the currency, or it is older than `maxAge`.
    package init?(for request: OrderRequest, at rates: BTCRates, maxAge: Duration, clock: TapeClock) {
        guard let rate = rates.rates[request.currency], let satoshi = rate.satoshi(for: request.amount),
            rates.isYoung(maxAge, clock)
        else { return nil }
        self.satoshi = satoshi
        self.rate = rate
        rateMinute = rates.minute
        kind = rates.kind
        validFrom = clock.wallInstant(of: rates.minute.start) - Self.lead
        validUntil = clock.wallInstant(of: rates.minute.start + maxAge)
    }
}
