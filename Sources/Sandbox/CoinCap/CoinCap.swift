import Basics
import JSON

/// CoinCap's assets, in the order of market capitalization; numbers are texts.
struct CoinCap: SimulatedProvider {
    static let path = "/v3/assets"
    private static let most = 2000

    let key: String

    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        guard call.headers["authorization"] == "Bearer \(key)" else { return refusal(.key, at: market.minute) }
        guard let limit = Int(call.parameters["limit"] ?? "100"), (1...Self.most).contains(limit),
            let offset = Int(call.parameters["offset"] ?? "0"), offset >= 0
        else { return .json(400, #"{"error":"limit exceeds 2000"}"#) }
        let first = min(offset, market.listing.count)
        let end = min(first + limit, market.listing.count)
        return .ok(
            JSONWriter.object { writer in
                writer.member("timestamp", market.minute.milliseconds)
                writer.name("data")
                writer.array { writer in
                    for position in first..<end {
                        let index = market.listing[position]
                        writer.values(
                            json: Self.json(
                                market.market.coins[index], rank: position + 1, market.prices[index], market))
                    }
                }
            })
    }

    private static func json(_ coin: Coin, rank: Int, _ price: Double, _ market: MarketMinute) -> [UInt8] {
        let profile = coin.profile
        let slug = profile.slug ?? Slug.text(profile.name, id: coin.id)
        let volume = coin.volume(at: market.minute.number)
        return Array(
            (#"{"id":"\#(slug)","rank":"\#(rank)","symbol":"\#(profile.symbol)","name":"\#(profile.name)","#
                + #""supply":"\#(JSONNumber.text(profile.supply))","#
                + #""priceUsd":\#(profile.quoted.isAbsent ? "null" : "\"\(JSONNumber.text(price))\""),"#
                + #""volumeUsd24Hr":"\#(JSONNumber.text(volume))"}"#).utf8)
    }

    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer {
        let (status, message) =
            switch reason {
            case .perMinute, .perDay, .perMonth, .perAddress: (429, "Too many requests")
            case .key: (401, "Unauthorized")
            case .plan: (402, "Payment required")
            case .server: (500, "Internal server error")
            case .unknown: (400, "Something that no table lists")
            }
        return .json(status, #"{"error":\#(JSONString.quoted(message))}"#)
    }

    var payloads: FaultyPayloads {
        FaultyPayloads(
            wrongType: #"{"data":{}}"#, nullList: #"{"data":null}"#, emptyList: #"{"data":[]}"#, idMember: #""id""#,
            priceMembers: ["priceUsd"])
    }
}
