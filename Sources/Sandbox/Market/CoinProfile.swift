/// What CoinMarketCap says of a coin whatever the minute, and the price around which it moves.
struct CoinProfile: Sendable {
    let id: Int
    /// As it stands between the quotes in JSON: an awkward one may be an escape that stands for no text.
    let symbol: String
    /// As it stands between the quotes in JSON.
    let name: String
    let price: Double
    let supply: Double
    /// Where it comes in the order of trading volume.
    let place: Int

    var slug: String?
    var platform: Platform?
    /// Older replies have the platform's id as text.
    var platformIDIsText = false
    /// Held at its price, as stablecoins are.
    var isPegged = false
    /// Unverified supplies are reported by the project itself and do not count.
    var isVerified = true
    var isRanked = true
    var hasTags = true
    /// The JSON of `max_supply`.
    var maxSupply = "null"
    var quoted = QuotedPrice.market
    var age = QuoteAge.current
}
