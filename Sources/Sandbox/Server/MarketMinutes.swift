import Basics

/// Caches the minutes that were requested last, so that all pages of a minute come from the same one.
///
/// An actor, so that concurrent requests for a minute wait instead of computing it again.
actor MarketMinutes {
    /// Made on the first request, so that the server listens without delay.
    private lazy var market = make()
    private let make: @Sendable () -> Market
    private let capacity: Int
    private var kept: [MarketMinute] = []

    init(_ make: @autoclosure @escaping @Sendable () -> Market, capacity: Int = 4) {
        self.make = make
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
