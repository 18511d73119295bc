/// What CryptoCompare says about an asset in every minute.
struct AssetProfile: Sendable {
    /// As written between the quotes in JSON; an awkward one may be an escape that represents no text.
    let symbol: String
    /// As written between the quotes in JSON.
    let name: String
    /// The JSON of `ASSET_ALTERNATIVE_IDS`; nil leaves the member out.
    let alternatives: String?
    /// Its position in the order of trading volume.
    let place: Int

    /// CoinMarketCap's id of the coin that its price follows.
    var coin: Int?
    /// Its price if it follows no coin.
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

    /// The usual list: CoinMarketCap's id among those of other catalogues.
    static func alternatives(cmc: Int, symbol: String) -> String {
        #"[{"NAME":"CMC","ID":"\#(cmc)"},{"NAME":"CG","ID":"\#(symbol.lowercased())-\#(cmc)"}]"#
    }
}
