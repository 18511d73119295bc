/// An asset that CryptoCompare ranks: the JSON that is the same in every minute, and the sources of its price and volume.
struct Asset: Sendable {
    let id: Int
    let profile: AssetProfile
    /// The index of the coin that its price follows; nil if it follows none.
    let coin: Int?
    let supply: Int
    /// The JSON object up to the price.
    let head: [UInt8]
    /// The ranks that do not change, without the closing brace.
    let baseRanks: [UInt8]

    private let price: Drift
    private let trading: Drift
    private let baseVolume: Double

    init(_ profile: AssetProfile, coin: Int?, seed: UInt64) {
        var random = SplitMix64(seed: seed, salt: UInt64(profile.place) << 40)
        id = profile.coin == 1 ? 1 : 100 + profile.place * 7 + Int.random(in: 0..<7, using: &random)
        self.profile = profile
        self.coin = coin
        price = Drift(swing: 0.25, jitter: 0.0006, using: &random)
        trading = TradingVolume.drift(using: &random)
        baseVolume = TradingVolume.base(place: profile.place) * 0.6
        supply = Int.random(in: 1_000_000...10_000_000_000, using: &random)
        head = AssetHead.json(profile, id: id, supply: supply, using: &random)
        baseRanks = AssetHead.baseRanks(place: profile.place, using: &random)
    }

    /// The price in US dollars; for an asset that follows a coin, the coin's price with a small deviation.
    func price(at minute: Int64, following coin: Double?) -> Double {
        guard let coin else { return profile.price * price.factor(at: minute) }
        return coin * (1 + 0.0004 * SplitMix64.noise(UInt64(id), minute))
    }

    /// The volume of the previous 24 hours, in US dollars.
    func volume(at minute: Int64) -> Double {
        baseVolume * trading.factor(at: minute)
    }
}
