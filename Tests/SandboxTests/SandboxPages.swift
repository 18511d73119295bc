import Basics
import Foundation
import Testing

@testable import Sandbox

/// A market of the default size, made once for all tests, and its pages as JSON.
struct SandboxPages {
    static let settings = SandboxSettings()
    static let market = Market(settings)

    let state: MarketMinute

    init(_ minute: String = "2026-11-21T09:01Z") throws {
        state = MarketMinute(Self.market, at: try #require(Minute(minute)))
    }

    func listings(_ parameters: [String: String] = [:], key: String? = "sandbox-key") -> ProviderAnswer {
        let headers = key.map { ["x-cmc_pro_api_key": $0] } ?? [:]
        return CoinMarketCap(key: "sandbox-key").answer(
            ProviderCall(parameters: parameters, headers: headers), in: state)
    }

    func toplist(_ parameters: [String: String] = [:], headers: [String: String]? = nil) -> ProviderAnswer {
        let sorted = parameters.merging(["sort_by": CryptoCompare.sort]) { given, _ in given }
        let headers = headers ?? ["authorization": "Apikey sandbox-key"]
        return CryptoCompare(key: "sandbox-key").answer(ProviderCall(parameters: sorted, headers: headers), in: state)
    }

    func rates(_ currency: String? = "BTC") -> ProviderAnswer {
        let parameters = currency.map { ["currency": $0] } ?? [:]
        return Coinbase().answer(ProviderCall(parameters: parameters), in: state)
    }

    /// Every coin, in the order of the pages.
    func coins() throws -> [[String: Any]] {
        try stride(from: 1, through: state.listing.count, by: 5000).flatMap { start in
            try listings(["start": "\(start)", "limit": "5000"]).object().list("data")
        }
    }

    /// Every asset, in the order of the pages.
    func assets() throws -> [[String: Any]] {
        try (1...state.toplist.count / 100).flatMap { page in
            try toplist(["page": "\(page)"]).object().object("Data").list("LIST")
        }
    }

    /// The top two hundred and some more as they were sent: what the digits and escapes are looked for in.
    func toplistText() -> String {
        (1...4).map { toplist(["page": "\($0)"]).text }.joined()
    }
}

extension ProviderAnswer {
    var text: String { String(decoding: body, as: UTF8.self) }

    /// The body as a JSON object; half surrogate pairs, which Foundation refuses, are taken out before.
    func object() throws -> [String: Any] {
        let whole = text.replacing(#"\udc00"#, with: "")
        return try #require(try JSONSerialization.jsonObject(with: Data(whole.utf8)) as? [String: Any])
    }
}

extension [String: Any] {
    func object(_ name: String) throws -> [String: Any] {
        try #require(self[name] as? [String: Any])
    }

    func list(_ name: String) throws -> [[String: Any]] {
        try #require(self[name] as? [[String: Any]])
    }

    func usd() throws -> [String: Any] {
        try object("quote").object("USD")
    }

    var id: Int? { self["id"] as? Int }
    var symbol: String? { (self["symbol"] ?? self["SYMBOL"]) as? String }
}
