import Basics
import JSON

/// CryptoCompare's rank feed: the top list by trading volume, a page at a time.
struct CryptoCompare: SimulatedProvider {
    static let path = "/asset/v1/top/list"
    static let sort = "SPOT_MOVING_24_HOUR_QUOTE_VOLUME_USD"

    let key: String

    /// Refuses any order other than by volume, because the provider's default order without `sort_by` differs.
    ///
    /// A page size out of range is clamped, and `STATS` shows the one that was used.
    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        guard let given = suppliedKey(call) else {
            return refusal(401, Self.keyMissing, parameter: "api_key", "")
        }
        guard given == key else {
            return refusal(401, "The auth key or api key is invalid", parameter: "api_key", "***")
        }
        let parameters = call.parameters
        func invalid(_ parameter: String, _ reason: String) -> ProviderAnswer {
            refusal(400, "\(parameter) is invalid. \(reason)", parameter: parameter, parameters[parameter] ?? "")
        }
        guard let page = Int(parameters["page"] ?? "1"), (1...1000).contains(page) else {
            return invalid("page", "It has to be between 1 and 1000.")
        }
        guard let asked = Int(parameters["page_size"] ?? "100") else {
            return invalid("page_size", "It has to be a number.")
        }
        guard parameters["sort_by"] == Self.sort else {
            return invalid("sort_by", "It is not one of the allowed values.")
        }
        let direction = parameters["sort_direction"] ?? "DESC"
        guard ["ASC", "DESC"].contains(direction) else {
            return invalid("sort_direction", "It is not one of the allowed values.")
        }
        let size = min(max(asked, 10), 100)
        return .ok(TopListPage(market: market, page: page, size: size, isAscending: direction == "ASC").body())
    }

    private func suppliedKey(_ call: ProviderCall) -> String? {
        if let authorization = call.headers["authorization"] {
            let words = authorization.split(separator: " ")
            if words.count == 2, ["apikey", "bearer"].contains(words[0].lowercased()) { return String(words[1]) }
        }
        return call.headers["x-api-key"] ?? call.parameters["api_key"]
    }

    func refusal(_ status: Int, _ message: String, parameter: String, _ value: String) -> ProviderAnswer {
        .json(
            status,
            #"{"Data":{},"Err":{"type":1,"message":\#(JSONString.quoted(message)),"#
                + #""other_info":{"param":"\#(parameter)","values":[\#(JSONString.quoted(value))]}}}"#)
    }
}
