/// Something unusual in healthy data: how one thing stands at either provider.
struct AwkwardItem: Sendable {
    /// The place in the order of trading volume around which it moves.
    let place: Int
    let coin: CoinProfile?
    let asset: AssetProfile?

    /// Listed by both, and the same for both but for what the closures change.
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

    /// Listed by both, as `both`, under two symbols.
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

    /// Listed by both; how CryptoCompare refers to the coin is what is unusual.
    static func referring(_ place: Int, _ id: Int, _ symbol: String, as alternatives: String?) -> AwkwardItem {
        let name = "Referring \(symbol)"
        let coin = CoinProfile(
            id: id, symbol: symbol, name: name, price: 1.25, supply: supply(at: 1.25), place: place)
        let asset = AssetProfile(symbol: symbol, name: name, alternatives: alternatives, place: place, coin: id)
        return AwkwardItem(place: place, coin: coin, asset: asset)
    }

    /// Ranked by CryptoCompare only.
    static func ranked(_ place: Int, _ symbol: String, _ name: String, as alternatives: String?) -> AwkwardItem {
        let asset = AssetProfile(symbol: symbol, name: name, alternatives: alternatives, place: place)
        return AwkwardItem(place: place, coin: nil, asset: asset)
    }

    /// Listed by CoinMarketCap only.
    static func priced(_ place: Int, _ id: Int, _ symbol: String, _ name: String) -> AwkwardItem {
        let coin = CoinProfile(
            id: id, symbol: symbol, name: name, price: 1.25, supply: supply(at: 1.25), place: place)
        return AwkwardItem(place: place, coin: coin, asset: nil)
    }

    /// As much as makes them all equally large, whatever they cost.
    private static func supply(at price: Double) -> Double {
        2e8 / price
    }
}
