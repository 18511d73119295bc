/// Everything that is the same in all minutes: what is listed where, with base prices and volumes.
struct Market: Sendable {
    let coins: [Coin]
    let assets: [Asset]
    let currencies: [Currency]
    /// The index of bitcoin in `coins`.
    let bitcoin: Int

    init(_ settings: SandboxSettings) {
        var maker = MarketMaker(settings)
        let profiles = maker.profiles()
        let coins = profiles.coins.map { Coin($0, seed: settings.seed) }
        let indices = Dictionary(coins.indices.map { (coins[$0].id, $0) }, uniquingKeysWith: { first, _ in first })
        assets = profiles.assets.map { Asset($0, coin: $0.coin.flatMap { indices[$0] }, seed: settings.seed) }
        self.coins = coins
        bitcoin = indices[1] ?? 0
        currencies = Currency.table(count: settings.rates, coins: coins, seed: settings.seed)
    }
}
