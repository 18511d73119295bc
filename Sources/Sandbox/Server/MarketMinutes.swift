import Basics

/// The newest few minutes asked for, so that the pages of one are cut from the same.
///
/// An actor: who comes while a minute is made waits for it and does not make it again.
actor MarketMinutes {
    /// Made for the first request: a server that is to answer soon listens at once.
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
