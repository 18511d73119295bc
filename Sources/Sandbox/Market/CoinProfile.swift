/// What CoinMarketCap says about a coin in every minute, and the price around which it moves.
struct CoinProfile: Sendable {
    let id: Int
    /// As written between the quotes in JSON; an awkward one may be an escape that represents no text.
    let symbol: String
    /// As written between the quotes in JSON.
    let name: String
    let price: Double
    let supply: Double
    /// Its position in the order of trading volume.
    let place: Int

    var slug: String?
    var platform: Platform?
    /// Whether the platform's id is written as text, as in older replies.
    var platformIDIsText = false
    /// Whether the price is fixed, as for stablecoins.
    var isPegged = false
    /// Whether the supply is verified; supplies that only the project reports do not count.
    var isVerified = true
    var isRanked = true
    var hasTags = true
    /// The JSON of `max_supply`.
    var maxSupply = "null"
    var quoted = QuotedPrice.market
    var age = QuoteAge.current
}
