import Basics
import JSON

extension Coinbase {
    /// Uses the ids of the provider's table of errors.
    func refusal(_ reason: Refusal, at minute: Minute) -> ProviderAnswer {
        let (status, id, message) =
            switch reason {
            case .perMinute, .perDay, .perMonth, .perAddress: (429, "rate_limit_exceeded", "Too many requests")
            case .key: (401, "authentication_error", "Invalid auth (missing api key or invalid token)")
            case .plan: (403, "invalid_scope", "User is not allowed to access this resource")
            case .server: (500, "internal_server_error", "Internal server error")
            // The provider sends this for a valid currency when it has problems.
            case .unknown: (400, "invalid_request", "Invalid currency (BTC)")
            }
        return .json(
            status, #"{"errors":[{"id":"\#(id)","message":\#(JSONString.quoted(message))}]}"#)
    }

    var payloads: FaultyPayloads {
        FaultyPayloads(
            wrongType: #"{"data":[]}"#, nullList: #"{"data":{"currency":"BTC","rates":null}}"#,
            emptyList: #"{"data":{"currency":"BTC","rates":{}}}"#, idMember: "",
            priceMembers: FiatCurrencies.rows.map(\.code))
    }
}
