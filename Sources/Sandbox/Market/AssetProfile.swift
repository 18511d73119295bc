/// What CryptoCompare says of an asset whatever the minute.
struct AssetProfile: Sendable {
    /// As it stands between the quotes in JSON: an awkward one may be an escape that stands for no text.
    let symbol: String
    /// As it stands between the quotes in JSON.
    let name: String
    /// The JSON of `ASSET_ALTERNATIVE_IDS`; nil: no such member.
    let alternatives: String?
    /// Where it comes in the order of trading volume.
    let place: Int

    /// The coin, by CoinMarketCap's id, that its price follows.
    var coin: Int?
    /// Its price when it follows no coin.
    var price = 1.0
    var platform: Platform?
    var hasBaseRank = true
    var hasLaunchDate = true
    /// The JSON of `PREVIOUS_ASSET_SYMBOLS`.
    var previousSymbols = "null"
    /// The JSON of `SUPPLY_MAX`.
    var maxSupply = "null"
    var quoted = QuotedPrice.market
    var age = QuoteAge.current

    /// The usual list: the id at CoinMarketCap among those of other catalogues.
    static func alternatives(cmc: Int, symbol: String) -> String {
        #"[{"NAME":"CMC","ID":"\#(cmc)"},{"NAME":"CG","ID":"\#(symbol.lowercased())-\#(cmc)"}]"#
    }
}
