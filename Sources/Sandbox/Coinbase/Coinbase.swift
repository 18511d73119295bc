import Basics
import JSON

/// Coinbase's exchange rates of bitcoin, which need no key.
struct Coinbase: PlayedProvider {
    static let path = "/v2/exchange-rates"

    /// Only bitcoin is a base here; without a parameter the base is the US dollar.
    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        guard call.parameters["currency"] == "BTC" else {
            return .json(400, #"{"errors":[{"id":"invalid_request","message":"Currency is invalid"}]}"#)
        }
        return .ok(body(market))
    }

    private func body(_ market: MarketMinute) -> [UInt8] {
        var output = Array(#"{"data":{"currency":"BTC","rates":{"#.utf8)
        for (index, currency) in market.market.currencies.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONString.append(currency.code.utf8, to: &output)
            output.append(UInt8(ascii: ":"))
            JSONString.append(currency.rate(in: market).utf8, to: &output)
        }
        output += "}}}".utf8
        return output
    }
}
