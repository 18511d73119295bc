import Basics

extension CryptoCompare {
    static let keyMissing = "You need a valid auth key or api key to access this endpoint"

    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer {
        let limit = "You are over your rate limit please upgrade your account!"
        let (status, message) =
            switch reason {
            case .perMinute, .perDay, .perMonth, .perAddress: (429, limit)
            case .key: (401, "The auth key or api key is invalid")
            case .plan: (403, "Your subscription does not include this endpoint")
            case .server: (500, "Internal error")
            case .unknown: (400, "Something that no table lists")
            }
        return refusal(status, message, parameter: "api_key", "")
    }

    var payloads: FaultyPayloads {
        let stats = #""STATS":{"PAGE":1,"PAGE_SIZE":100,"TOTAL_ASSETS":"#
        return FaultyPayloads(
            wrongType: #"{"Data":[],"Err":{}}"#, nullList: #"{"Data":{\#(stats)3396},"LIST":null},"Err":{}}"#,
            emptyList: #"{"Data":{\#(stats)0},"LIST":[]},"Err":{}}"#, idMember: #""ASSET_ALTERNATIVE_IDS""#,
            priceMembers: [])
    }
}
