package import Basics

/// The lists that a tape would make of the sandbox's market, without servers, fetches and the join; for benchmarks.
package struct SandboxLists: Sendable {
    private let market: Market

    package init(_ settings: SandboxSettings = SandboxSettings()) {
        market = Market(settings)
    }

    /// A row of a list, with its price as written in lists.
    package struct Row: Sendable {
        package let symbol: String
        package let price: String
        /// CoinMarketCap's id.
        package let id: Int
    }

    /// The first rows of a minute's list, in order.
    package func rows(at minute: Minute, first limit: Int) -> [Row] {
        let now = MarketMinute(market, at: minute)
        var seen: Set<Int> = []
        var rows: [Row] = []
        for asset in now.toplist where rows.count < limit {
            guard let coin = market.assets[asset].coin, seen.insert(coin).inserted,
                let price = PlainDecimal.text(JSONNumber.text(now.prices[coin]).utf8)
            else { continue }
            rows.append(Row(symbol: market.coins[coin].profile.symbol, price: price, id: market.coins[coin].id))
        }
        return rows
    }
}
