import JSON

/// Coinbase's exchange rates of bitcoin, which need no key.
struct Coinbase: SimulatedProvider {
    static let path = "/v2/exchange-rates"

    /// Only bitcoin is supported as the base; without the parameter, the base would be the US dollar.
    func answer(_ call: ProviderCall, in market: MarketMinute) -> ProviderAnswer {
        guard call.parameters["currency"] == "BTC" else {
            return .json(400, #"{"errors":[{"id":"invalid_request","message":"Currency is invalid"}]}"#)
        }
        return .ok(body(market))
    }

    private func body(_ market: MarketMinute) -> [UInt8] {
        JSONWriter.object { writer in
            writer.name("data")
            writer.object { writer in
                writer.member("currency", "BTC")
                writer.name("rates")
                writer.object { writer in
                    for currency in market.market.currencies {
                        writer.member(currency.code, currency.rate(in: market))
                    }
                }
            }
        }
    }
}
