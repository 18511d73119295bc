import Basics

/// The market in one minute, which all pages of the minute share.
struct MarketMinute: Sendable {
    let minute: Minute
    let market: Market
    /// In US dollars, by the coin's index.
    let prices: [Double]
    /// In US dollars, by the asset's index.
    let volumes: [Double]
    /// The indices of the coins by capitalisation, unverified ones last.
    private(set) var listing: [Int]
    /// The indices of the assets by volume, highest first.
    private(set) var toplist: [Int]
    /// The capitalisation of all verified coins, in US dollars.
    let capitalisation: Double

    init(_ market: Market, at minute: Minute) {
        let number = minute.number
        let prices = market.coins.map { $0.price(at: number) }
        let capitalisations = market.coins.indices.map { prices[$0] * market.coins[$0].profile.supply }
        let volumes = market.assets.map { $0.volume(at: number) }
        self.minute = minute
        self.market = market
        self.prices = prices
        self.volumes = volumes
        let verified = market.coins.map(\.profile.isVerified)
        listing = market.coins.indices.sorted { left, right in
            verified[left] == verified[right] ? capitalisations[left] > capitalisations[right] : verified[left]
        }
        toplist = market.assets.indices.sorted { volumes[$0] > volumes[$1] }
        capitalisation = capitalisations.indices.reduce(0) { $0 + (verified[$1] ? capitalisations[$1] : 0) }
    }

    /// Bitcoin's price in US dollars.
    var bitcoin: Double { prices[market.bitcoin] }
}

extension MarketMinute {
    /// The same minute with only the assets of the highest volume, and their coins.
    func top(_ count: Int) -> MarketMinute {
        var small = self
        small.toplist = Array(toplist.prefix(count))
        let coins = Set(small.toplist.compactMap { market.assets[$0].coin })
        small.listing = listing.filter { coins.contains($0) }
        return small
    }

    /// The same minute with the listing in the order of volume.
    var listedByVolume: MarketMinute {
        let volumes = market.coins.map { $0.volume(at: minute.number) }
        var market = self
        market.listing = listing.sorted { volumes[$0] > volumes[$1] }
        return market
    }

    /// The same minute with only the first third of each list.
    var shrunk: MarketMinute {
        var market = self
        market.listing = Array(listing.prefix(listing.count / 3))
        market.toplist = Array(toplist.prefix(toplist.count / 3))
        return market
    }

    /// The same minute, in which every tenth item also replaces the next one.
    var withDuplicates: MarketMinute {
        func repeating(_ list: [Int]) -> [Int] {
            list.indices.map { $0 > 0 && $0.isMultiple(of: 10) ? list[$0 - 1] : list[$0] }
        }
        var market = self
        market.listing = repeating(listing)
        market.toplist = repeating(toplist)
        return market
    }
}

extension Minute {
    /// Minutes since 1970.
    var number: Int64 { milliseconds / 60_000 }
}
