import Basics
import JSON

/// CoinGecko's markets, a page at a time, in the shape of its public interface.
struct CoinGecko: SimulatedProvider {
    static let path = "/api/v3/coins/markets"

    /// The order is always by volume.
    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        guard call.parameters["vs_currency"] == "usd" else {
            return .json(422, #"{"error":"Missing parameter vs_currency"}"#)
        }
        guard let page = Int(call.parameters["page"] ?? "1"), page >= 1,
            let size = Int(call.parameters["per_page"] ?? "100"), (1...250).contains(size)
        else { return .json(400, #"{"status":{"error_code":400,"error_message":"invalid page or per_page"}}"#) }
        let coins = market.listingByVolume.dropFirst((page - 1) * size).prefix(size)
        return .ok(
            JSONWriter.array { writer in
                for item in coins { writer.values(json: Self.json(item.coin, item.price, item.volume, market)) }
            })
    }

    private static func json(_ coin: Coin, _ price: Double, _ volume: Double, _ market: MarketMinute) -> [UInt8] {
        let profile = coin.profile
        let cap = profile.isVerified ? JSONNumber.text(price * profile.supply) : "0"
        return Array(
            (#"{"id":"\#(profile.slug ?? Slug.text(profile.name, id: coin.id))","symbol":"\#(profile.symbol)","#
                + #""name":"\#(profile.name)","image":"https://images.invalid/\#(coin.id).png","#
                + #""current_price":\#(profile.quoted.isAbsent ? "null" : JSONNumber.text(price)),"market_cap":\#(cap),"#
                + #""market_cap_rank":null,"fully_diluted_valuation":null,"total_volume":\#(JSONNumber.text(volume)),"#
                + #""circulating_supply":\#(JSONNumber.text(profile.supply)),"roi":null,"#
                + #""last_updated":"\#(market.minute.start.rfc3339)"}"#).utf8)
    }

    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer {
        let (status, message) =
            switch reason {
            case .perMinute, .perDay, .perMonth, .perAddress:
                (429, "You've exceeded the Rate Limit. Please visit https://www.coingecko.com/en/api/pricing")
            case .key: (401, "Invalid API Key")
            case .plan: (403, "Your plan does not include this endpoint")
            case .server: (500, "Internal Server Error")
            case .unknown: (418, "Something that no table lists")
            }
        return .json(
            status,
            #"{"status":{"error_code":\#(status),"error_message":\#(JSONString.quoted(message))}}"#)
    }

    var payloads: FaultyPayloads {
        FaultyPayloads(
            wrongType: "{}", nullList: "null", emptyList: "[]", idMember: #""id""#, priceMembers: ["current_price"])
    }
}
