import Basics
import JSON

/// Binance's tickers of 24 hours: pairs of the most traded coins with USDT, and some with BTC.
struct Binance: SimulatedProvider {
    static let path = "/api/v3/ticker/24hr"
    private static let most = 500

    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        var taken: Set<String> = ["USDT"]
        // A symbol is a coin's alone here, and has letters and digits only.
        let coins = market.listingByVolume.filter { item in
            let symbol = item.coin.profile.symbol
            return !item.coin.profile.quoted.isAbsent && symbol.utf8.allSatisfy(Self.isInSymbol) && !symbol.isEmpty
                && taken.insert(symbol).inserted
        }.prefix(Self.most)
        return .ok(
            JSONWriter.array { writer in
                for (index, item) in coins.enumerated() {
                    writer.values(json: Self.json(item.coin.profile.symbol + "USDT", item.price, item.volume, market))
                    guard index.isMultiple(of: 5), item.coin.id != 1 else { continue }
                    let ratio = item.price / market.bitcoin
                    writer.values(
                        json: Self.json(
                            item.coin.profile.symbol + "BTC", ratio, item.volume / 20 / market.bitcoin, market))
                }
            })
    }

    private static func isInSymbol(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    /// Prices and volumes are texts with eight decimals; a price below that is quoted as 0.
    private static func json(_ symbol: String, _ price: Double, _ volume: Double, _ market: MarketMinute) -> [UInt8] {
        let texts = [price, volume].map { decimals($0) }
        let close = market.minute.milliseconds + 59_999
        return Array(
            (#"{"symbol":"\#(symbol)","lastPrice":"\#(texts[0])","quoteVolume":"\#(texts[1])","#
                + #""openTime":\#(close - 86_400_000),"closeTime":\#(close),"count":1}"#).utf8)
    }

    private static func decimals(_ value: Double) -> String {
        let units = Int64((min(value, 9e9) * 1e8).rounded())
        let fraction = String(units % 100_000_000)
        return "\(units / 100_000_000).\(String(repeating: "0", count: 8 - fraction.count))\(fraction)"
    }

    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer {
        let (status, code, message) =
            switch reason {
            case .perMinute, .perDay, .perMonth: (429, -1003, "Too much request weight used; current limit is 6000.")
            case .perAddress: (418, -1003, "Way too much request weight used; IP banned.")
            case .key, .plan: (403, -2015, "Forbidden")
            case .server: (500, -1000, "An unknown error occurred while processing the request.")
            case .unknown: (400, -1099, "Something that no table lists")
            }
        return .json(status, #"{"code":\#(code),"msg":\#(JSONString.quoted(message))}"#)
    }

    var payloads: FaultyPayloads {
        FaultyPayloads(
            wrongType: "{}", nullList: "null", emptyList: "[]", idMember: #""symbol""#, priceMembers: ["lastPrice"])
    }
}
