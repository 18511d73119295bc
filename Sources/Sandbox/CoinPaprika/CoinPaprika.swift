import Basics
import JSON

/// CoinPaprika's tickers: the first 2,000 coins in one response.
struct CoinPaprika: SimulatedProvider {
    static let path = "/v1/tickers"
    private static let most = 2000

    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        let volumes = market.listing.prefix(Self.most).map { market.market.coins[$0].volume(at: market.minute.number) }
        return .ok(
            JSONWriter.array { writer in
                for (position, index) in market.listing.prefix(Self.most).enumerated() {
                    writer.values(
                        json: Self.json(
                            market.market.coins[index], rank: position + 1, market.prices[index], volumes[position],
                            market))
                }
            })
    }

    private static func json(
        _ coin: Coin, rank: Int, _ price: Double, _ volume: Double, _ market: MarketMinute
    ) -> [UInt8] {
        let profile = coin.profile
        let slug = profile.slug ?? Slug.text(profile.name, id: coin.id)
        return Array(
            (#"{"id":"c\#(coin.id)-\#(slug)","name":"\#(profile.name)","symbol":"\#(profile.symbol)","rank":\#(rank),"#
                + #""total_supply":\#(JSONNumber.text(profile.supply)),"max_supply":\#(profile.maxSupply),"#
                + #""last_updated":"\#(market.minute.start.rfc3339)","quotes":{"USD":{"#
                + #""price":\#(profile.quoted.isAbsent ? "null" : JSONNumber.text(price)),"volume_24h":\#(JSONNumber.text(volume)),"#
                + #""market_cap":\#(profile.isVerified ? JSONNumber.text(price * profile.supply) : "0")}}}"#).utf8)
    }

    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer {
        let (status, message) =
            switch reason {
            case .perMinute, .perDay, .perMonth, .perAddress: (429, "Too many requests")
            case .key: (403, "Invalid API key")
            case .plan: (402, "This endpoint requires a paid plan")
            case .server: (500, "Internal server error")
            case .unknown: (400, "Something that no table lists")
            }
        return .json(status, #"{"error":\#(JSONString.quoted(message))}"#)
    }

    var payloads: FaultyPayloads {
        FaultyPayloads(
            wrongType: "{}", nullList: "null", emptyList: "[]", idMember: #""id""#, priceMembers: ["price"])
    }
}
