import Basics
import JSON

/// CoinMarketCap's price feed: the latest listings, a page at a time.
struct CoinMarketCap: SimulatedProvider {
    static let path = "/v1/cryptocurrency/listings/latest"
    /// The same without a key.
    static let publicPath = "/public-api/v1/cryptocurrency/listings/latest"

    /// What is left of the plan; it costs no credits.
    static let keyInfoPath = "/v1/key/info"

    private static let sorts: Set<String> = [
        "market_cap", "name", "symbol", "date_added", "market_cap_strict", "price", "circulating_supply",
        "total_supply", "max_supply", "num_market_pairs", "volume_24h", "percent_change_1h", "percent_change_24h",
        "percent_change_7d", "market_cap_by_total_supply_strict", "volume_7d", "volume_30d",
    ]

    let key: String

    /// `sort` must be one of the provider's values, but the order is by rank unless it is `volume_24h`; filters are ignored.
    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        if call.path != Self.publicPath {
            let given = call.headers["x-cmc_pro_api_key"] ?? call.parameters["CMC_PRO_API_KEY"] ?? ""
            guard !given.isEmpty else { return refusal(401, code: 1002, "API key missing.", at: market.minute) }
            guard given == key else { return refusal(401, code: 1001, "This API Key is invalid.", at: market.minute) }
        }
        if call.path == Self.keyInfoPath { return usage(at: market.minute) }
        func invalid(_ parameter: String) -> ProviderAnswer {
            refusal(400, code: 400, "Invalid value for \"\(parameter)\"", at: market.minute)
        }
        let parameters = call.parameters
        guard let start = Int(parameters["start"] ?? "1"), start >= 1 else { return invalid("start") }
        guard let limit = Int(parameters["limit"] ?? "100"), (1...5000).contains(limit) else { return invalid("limit") }
        guard parameters["convert"] ?? "USD" == "USD" else { return invalid("convert") }
        guard Self.sorts.contains(parameters["sort"] ?? "market_cap") else { return invalid("sort") }
        guard ["asc", "desc"].contains(parameters["sort_dir"] ?? "desc") else { return invalid("sort_dir") }
        let first = min(start - 1, market.listing.count)
        let end = min(first + limit, market.listing.count)
        let market = parameters["sort"] == "volume_24h" ? market.listedByVolume : market
        return .ok(ListingsPage(market: market, range: first..<end).body())
    }

    /// The sandbox counts no credits: nothing of its plan is ever used.
    private func usage(at minute: Minute) -> ProviderAnswer {
        .json(
            200,
            #"{"data":{"plan":{"credit_limit_monthly":15000,"rate_limit_minute":60},"usage":{"#
                + #""current_minute":{"requests_made":1,"requests_left":59},"#
                + #""current_month":{"credits_used":0,"credits_left":15000}}},"#
                + #""status":{"timestamp":"\#(minute.start.rfc3339)","error_code":0,"elapsed":1,"credit_count":0}}"#)
    }

    func refusal(_ status: Int, code: Int, _ message: String, at minute: Minute) -> ProviderAnswer {
        .json(
            status,
            #"{"status":{"timestamp":"\#(minute.start.rfc3339)","error_code":\#(code),"#
                + #""error_message":\#(JSONString.quoted(message)),"elapsed":0,"credit_count":0}}"#)
    }
}
