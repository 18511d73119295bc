import Basics

/// The newest few minutes asked for, so that the pages of one are cut from the same.
///
/// An actor: who comes while a minute is made waits for it and does not make it again.
actor MarketMinutes {
    private let market: Market
    private let capacity: Int
    private var kept: [MarketMinute] = []

    init(_ market: Market, capacity: Int = 4) {
        self.market = market
        self.capacity = capacity
    }

    func market(at minute: Minute) -> MarketMinute {
        if let made = kept.first(where: { $0.minute == minute }) { return made }
        let made = MarketMinute(market, at: minute)
        if kept.count == capacity { kept.removeFirst() }
        kept.append(made)
        return made
    }
}
