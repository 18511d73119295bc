import Basics

extension CoinMarketCap {
    /// Uses the codes and messages of the provider's table of errors.
    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer {
        let limit = "You've exceeded your API Key's"
        let (status, code, message) =
            switch reason {
            case .perMinute: (429, 1008, "\(limit) HTTP request rate limit. Rate limits reset every minute.")
            case .perDay: (429, 1009, "\(limit) daily rate limit.")
            case .perMonth: (429, 1010, "\(limit) monthly rate limit.")
            case .perAddress: (429, 1011, "You've hit an IP rate limit.")
            case .key: (401, 1001, "This API Key is invalid.")
            case .plan: (403, 1006, "Your API Key subscription plan doesn't support this endpoint.")
            case .server: (500, 500, "An internal server error occurred")
            case .unknown: (400, 1022, "Something that no table lists.")
            }
        return refusal(status, code: code, message, at: minute)
    }

    var payloads: FaultyPayloads {
        let status = #""status":{"error_code":0,"error_message":null,"total_count":"#
        return FaultyPayloads(
            wrongType: #"{\#(status)1},"data":{"BTC":{"id":1,"symbol":"BTC","quote":[{"symbol":"USD","price":1}]}}}"#,
            nullList: #"{\#(status)9695},"data":null}"#, emptyList: #"{\#(status)0},"data":[]}"#,
            idMember: #""id""#, priceMembers: ["price"])
    }
}
