package import Basics
package import Tape

/// What an amount buys at a rate, and for which time span of Redis' clock that is valid.
package struct Offer: Equatable, Sendable {
    /// How much the amount buys, rounded up to the next whole satoshi.
    package let satoshi: Satoshi
    package let rate: Rate
    package let rateMinute: Minute
    /// The kind of the rate: a ledger only accepts offers of its own kind.
    package let kind: DataKind
    /// Real times, as in Redis' TIME.
    package let validFrom: Timestamp
    package let validUntil: Timestamp

    /// A minute's rate may be this far ahead of Redis' clock, which publishing also allows.
    private static let lead: Duration = .seconds(5)

    /// nil if there is no rate for the currency, or it is older than `maxAge`.
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
