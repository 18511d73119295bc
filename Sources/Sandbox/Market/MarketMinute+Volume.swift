extension MarketMinute {
    /// The coins of the listing by the volume of the previous 24 hours, highest first.
    var listingByVolume: [(coin: Coin, price: Double, volume: Double)] {
        listing.map { index in
            (market.coins[index], prices[index], market.coins[index].volume(at: minute.number))
        }.sorted { $0.volume > $1.volume }
    }
}
