/// A coin that CoinMarketCap lists: the JSON that is the same in every minute, and the sources of its price and volume.
struct Coin: Sendable {
    let id: Int
    let profile: CoinProfile
    /// The JSON object up to the value of `cmc_rank`.
    let head: [UInt8]

    private let price: Drift
    private let trading: Drift
    private let baseVolume: Double

    init(_ profile: CoinProfile, seed: UInt64) {
        var random = SplitMix64(seed: seed, salt: UInt64(profile.id) << 8)
        id = profile.id
        self.profile = profile
        price =
            profile.isPegged
            ? Drift(swing: 0.0008, jitter: 0.00004, using: &random)
            : Drift(swing: profile.id == 1 ? 0.13 : 0.25, jitter: 0.0006, using: &random)
        trading = TradingVolume.drift(using: &random)
        baseVolume = TradingVolume.base(place: profile.place)
        head = CoinHead.json(profile, using: &random)
    }

    /// The price in US dollars; `minute` counts from 1970.
    func price(at minute: Int64) -> Double {
        profile.price * price.factor(at: minute)
    }

    /// The volume of the previous 24 hours, in US dollars.
    func volume(at minute: Int64) -> Double {
        baseVolume * trading.factor(at: minute)
    }
}
