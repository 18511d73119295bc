import Basics

/// A currency that Coinbase quotes bitcoin in.
struct Currency: Sendable {
    let code: String
    private let value: Value

    private enum Value {
        /// Units per US dollar, written with at most this many decimals.
        case fiat(Double, Drift, places: Int)
        /// The coin with this index.
        case coin(Int)
        /// This text, the same in every minute.
        case fixed(String)
    }

    /// How many units one bitcoin buys in this minute, as decimal text.
    func rate(in market: MarketMinute) -> String {
        switch value {
        case .fiat(let units, let drift, let places):
            let rate = market.bitcoin * units * drift.factor(at: market.minute.number)
            return JSONNumber.text(JSONNumber.rounded(rate, places: places))
        case .coin(let index):
            return index == market.market.bitcoin ? "1" : JSONNumber.text(market.bitcoin / market.prices[index])
        case .fixed(let text):
            return text
        }
    }

    /// State currencies, then irregular ones, then coins.
    static func table(count: Int, coins: [Coin], seed: UInt64) -> [Currency] {
        var random = SplitMix64(seed: seed, salt: 3)
        var table = FiatCurrencies.rows.map { row in
            let drift = Drift(swing: row.isPegged ? 0 : 0.02, jitter: row.isPegged ? 0 : 0.0001, using: &random)
            return Currency(code: row.code, value: .fiat(row.unitsPerDollar, drift, places: row.places))
        }
        table += irregular
        var taken = Set(table.map(\.code))
        for (index, coin) in coins.enumerated() where isTraded(coin.profile) {
            // If a code is shared, state currencies come before coins, and then the coin with the highest volume counts.
            guard taken.insert(coin.profile.symbol).inserted else { continue }
            table.append(Currency(code: coin.profile.symbol, value: .coin(index)))
        }
        return Array(table.prefix(count))
    }

    /// Case 19: a code of digits, an abolished currency, and rates that cannot be inverted.
    private static let irregular = [
        Currency(code: "00", value: .fixed("2764013.0081234567")),
        Currency(code: "BYR", value: .fixed("2663000000")),
        Currency(code: "DEAD", value: .fixed("NaN")),
        Currency(code: "ZERO", value: .fixed("0")),
    ]

    /// Within this range of prices, a rate needs no exponent.
    private static func isTraded(_ coin: CoinProfile) -> Bool {
        (1e-7...1e6).contains(coin.price)
            && coin.symbol.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }
}
