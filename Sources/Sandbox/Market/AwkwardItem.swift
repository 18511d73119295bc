/// Something unusual in valid data, as it appears at each provider.
struct AwkwardItem: Sendable {
    /// The position in the order of trading volume around which it moves.
    let place: Int
    let coin: CoinProfile?
    let asset: AssetProfile?

    /// Listed by both providers with the same data, except for what the closures change.
    static func both(
        _ place: Int, _ id: Int, _ symbol: String, _ name: String, price: Double = 1.25,
        coin changeCoin: (inout CoinProfile) -> Void = { _ in },
        asset changeAsset: (inout AssetProfile) -> Void = { _ in }
    ) -> AwkwardItem {
        var coin = CoinProfile(
            id: id, symbol: symbol, name: name, price: price, supply: supply(at: price), place: place)
        var asset = AssetProfile(
            symbol: symbol, name: name, alternatives: AssetProfile.alternatives(cmc: id, symbol: "awkward"),
            place: place, coin: id)
        changeCoin(&coin)
        changeAsset(&asset)
        return AwkwardItem(place: place, coin: coin, asset: asset)
    }

    /// Listed by both, like `both`, but with two symbols.
    static func renamed(
        _ place: Int, _ id: Int, coin: String, asset: String, _ name: String, price: Double = 1.25
    ) -> AwkwardItem {
        let coin = CoinProfile(
            id: id, symbol: coin, name: name, price: price, supply: supply(at: price), place: place)
        let asset = AssetProfile(
            symbol: asset, name: name, alternatives: AssetProfile.alternatives(cmc: id, symbol: "awkward"),
            place: place, coin: id)
        return AwkwardItem(place: place, coin: coin, asset: asset)
    }

    /// Listed by both; the way in which CryptoCompare refers to the coin is unusual.
    static func referring(_ place: Int, _ id: Int, _ symbol: String, as alternatives: String?) -> AwkwardItem {
        let name = "Referring \(symbol)"
        let coin = CoinProfile(
            id: id, symbol: symbol, name: name, price: 1.25, supply: supply(at: 1.25), place: place)
        let asset = AssetProfile(symbol: symbol, name: name, alternatives: alternatives, place: place, coin: id)
        return AwkwardItem(place: place, coin: coin, asset: asset)
    }

    /// Only ranked by CryptoCompare.
    static func ranked(_ place: Int, _ symbol: String, _ name: String, as alternatives: String?) -> AwkwardItem {
        let asset = AssetProfile(symbol: symbol, name: name, alternatives: alternatives, place: place)
        return AwkwardItem(place: place, coin: nil, asset: asset)
    }

    /// Only listed by CoinMarketCap.
    static func priced(_ place: Int, _ id: Int, _ symbol: String, _ name: String) -> AwkwardItem {
        let coin = CoinProfile(
            id: id, symbol: symbol, name: name, price: 1.25, supply: supply(at: 1.25), place: place)
        return AwkwardItem(place: place, coin: coin, asset: nil)
    }

    /// A supply that gives all of them the same capitalisation, whatever their price.
    private static func supply(at price: Double) -> Double {
        2e8 / price
    }
}
