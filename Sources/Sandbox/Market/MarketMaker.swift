#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Assigns positions in the order of trading volume, and generates the coins and assets that the tables do not name.
struct MarketMaker {
    private let settings: SandboxSettings
    private var random: SplitMix64
    private var names: NameMaker
    private var freeIDs: [Int]
    private var coins: [CoinProfile] = []
    private var assets: [AssetProfile] = []

    init(_ settings: SandboxSettings) {
        self.settings = settings
        random = SplitMix64(seed: settings.seed, salt: 1)
        names = NameMaker(random: SplitMix64(seed: settings.seed, salt: 2))
        let taken = Set(
            KnownCoins.rows.map(\.id) + AwkwardItems.all.compactMap { $0.coin?.id } + [AwkwardItems.unlistedID])
        // Twice as many as are listed, because the ids of delisted coins lie in between.
        freeIDs = (3...max(38_000, 2 * (settings.assets + settings.ranked))).filter { !taken.contains($0) }
        freeIDs.shuffle(using: &random)
    }

    /// The coins and the assets, each in the order of volume.
    mutating func profiles() -> (coins: [CoinProfile], assets: [AssetProfile]) {
        let awkward = Dictionary(grouping: AwkwardItems.all, by: \.place)
        var known = KnownCoins.rows[...]
        let named = KnownCoins.rows.count + AwkwardItems.all.count
        var place = 0
        while assets.count < settings.ranked {
            place += 1
            if let item = awkward[place]?.first {
                if let coin = item.coin { coins.append(coin) }
                if let asset = item.asset { assets.append(asset) }
            } else if let row = known.popFirst() {
                addKnown(row, place: place)
            } else {
                addGenerated(place: place, mayList: coins.count + named < settings.assets)
            }
        }
        while coins.count < settings.assets {
            place += 1
            coins.append(generatedCoin(place: place))
        }
        return (Array(coins.prefix(settings.assets)), assets)
    }

    private mutating func addKnown(_ row: KnownCoins.Row, place: Int) {
        var coin = CoinProfile(
            id: row.id, symbol: row.symbol, name: row.name, price: row.price, supply: row.supply, place: place)
        coin.platform = row.platform
        coin.isPegged = row.isPegged
        coin.slug = row.name.lowercased().replacing(" ", with: "-")
        coins.append(coin)
        addAsset(of: coin)
    }

    /// Four out of five refer to a listed coin; the others to other catalogues, to nothing, or to a delisted coin.
    private mutating func addGenerated(place: Int, mayList: Bool) {
        let lot = random.unit()
        if mayList, lot < 0.8 {
            let coin = generatedCoin(place: place)
            coins.append(coin)
            addAsset(of: coin)
            return
        }
        let (name, symbol) = names.next()
        let alternatives =
            switch lot {
            case 0.95...: AssetProfile.alternatives(cmc: nextID(), symbol: symbol)
            case 0.91..<0.95: "null"
            default: #"[{"NAME":"CG","ID":"\#(symbol.lowercased())-\#(place)"}]"#
            }
        var asset = AssetProfile(symbol: symbol, name: name, alternatives: alternatives, place: place)
        asset.price = basePrice()
        asset.hasLaunchDate = lot < 0.97
        assets.append(asset)
    }

    private mutating func addAsset(of coin: CoinProfile) {
        let alternatives = AssetProfile.alternatives(cmc: coin.id, symbol: coin.symbol)
        var asset = AssetProfile(
            symbol: coin.symbol, name: coin.name, alternatives: alternatives, place: coin.place, coin: coin.id)
        asset.platform = coin.platform
        assets.append(asset)
    }

    private mutating func generatedCoin(place: Int) -> CoinProfile {
        let (name, symbol) = names.next()
        let price = basePrice()
        // Capitalisations from a thousand to a billion dollars.
        let capitalisation = pow(10, 3 + 6 * random.unit())
        var coin = CoinProfile(
            id: nextID(), symbol: symbol, name: name, price: price, supply: max(1, (capitalisation / price).rounded()),
            place: place)
        if random.unit() < 0.7 { coin.platform = Platform.all.randomElement(using: &random) }
        coin.isVerified = random.unit() < 0.85
        if random.unit() < 0.5 { coin.maxSupply = JSONNumber.text(coin.supply * 2) }
        if random.unit() < 0.02 { coin.age = .weeks }
        return coin
    }

    /// From 1e-12 to a few thousand dollars; ordinary prices are more frequent than tiny ones.
    private mutating func basePrice() -> Double {
        let lot = random.unit()
        return pow(10, 3.5 - 15.5 * lot * lot)
    }

    /// There are twice as many ids as can be requested.
    private mutating func nextID() -> Int {
        freeIDs.popLast() ?? 0
    }
}
