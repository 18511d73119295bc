import Testing

@testable import Sandbox

struct ListingsTests {
    @Test func `two pages hold every coin once`() throws {
        let ids = try SandboxPages().coins().compactMap(\.id)
        #expect(ids.count == 10_000)
        #expect(Set(ids).count == 10_000)
        #expect(ids.allSatisfy { (1...40_000).contains($0) })
    }

    @Test func `status tells the total and the cost`() throws {
        let pages = try SandboxPages()
        for (limit, credits) in [(1, 1), (200, 1), (201, 2), (5000, 25)] {
            let status = try pages.listings(["limit": "\(limit)"]).object().object("status")
            #expect(status["total_count"] as? Int == 10_000)
            #expect(status["credit_count"] as? Int == credits)
            #expect(status["error_code"] as? Int == 0)
            #expect(status["timestamp"] as? String == "2026-11-21T09:01:00.000Z")
        }
    }

    @Test func `the last page is short and the one after it empty`() throws {
        let pages = try SandboxPages()
        #expect(try pages.listings(["start": "9991", "limit": "100"]).object().list("data").count == 10)
        #expect(try pages.listings(["start": "10001"]).object().list("data").isEmpty)
        #expect(try pages.listings(["start": "\(Int.max)", "limit": "5000"]).object().list("data").isEmpty)
    }

    @Test func `start counts items from one`() throws {
        let pages = try SandboxPages()
        let all = try pages.listings(["limit": "20"]).object().list("data").map(\.id)
        let some = try pages.listings(["start": "11", "limit": "10"]).object().list("data").map(\.id)
        #expect(some == Array(all[10...]))
    }

    @Test func `a full page is as large as the provider's`() throws {
        let size = try SandboxPages().listings(["limit": "5000"]).body.count
        #expect((4_000_000...7_000_000).contains(size))
    }

    @Test func `a coin has every member of the format`() throws {
        let coin = try #require(try SandboxPages().listings().object().list("data").first)
        #expect(
            Set(coin.keys) == [
                "id", "name", "symbol", "slug", "num_market_pairs", "date_added", "tags", "max_supply",
                "circulating_supply", "total_supply", "infinite_supply", "platform", "cmc_rank",
                "self_reported_circulating_supply", "self_reported_market_cap", "tvl_ratio", "last_updated", "quote",
            ])
        #expect(
            Set(try coin.usd().keys) == [
                "price", "volume_24h", "volume_change_24h", "percent_change_1h", "percent_change_24h",
                "percent_change_7d", "percent_change_30d", "percent_change_60d", "percent_change_90d", "market_cap",
                "market_cap_dominance", "fully_diluted_market_cap", "tvl", "last_updated",
            ])
    }

    @Test func `ranks follow the capitalisation`() throws {
        let coins = try SandboxPages().listings(["limit": "500"]).object().list("data")
        let caps = try coins.compactMap { try $0.usd()["market_cap"] as? Double }.filter { $0 > 0 }
        #expect(coins.first?.id == 1)
        #expect(caps.count > 400)
        for (position, coin) in coins.enumerated() where coin["cmc_rank"] is Int {
            #expect(coin["cmc_rank"] as? Int == position + 1)
        }
    }

    @Test(arguments: [
        ["start": "0"], ["start": "one"], ["limit": "0"], ["limit": "5001"], ["convert": "EUR"], ["sort": "id"],
        ["sort_dir": "down"],
    ])
    func `a bad parameter is refused by name`(parameters: [String: String]) throws {
        let answer = try SandboxPages().listings(parameters)
        let status = try answer.object().object("status")
        #expect(answer.status == 400)
        #expect(status["error_code"] as? Int == 400)
        #expect(status["error_message"] as? String == parameters.keys.first.map { "Invalid value for \"\($0)\"" })
        #expect(status["credit_count"] as? Int == 0)
    }

    @Test func `the key is asked for`() throws {
        let pages = try SandboxPages()
        #expect(pages.listings(key: nil).status == 401)
        #expect(try pages.listings(key: nil).object().object("status")["error_code"] as? Int == 1002)
        #expect(pages.listings(key: "other").status == 401)
        #expect(try pages.listings(key: "other").object().object("status")["error_code"] as? Int == 1001)
        #expect(pages.listings(["CMC_PRO_API_KEY": "sandbox-key"], key: nil).status == 200)
    }
}
