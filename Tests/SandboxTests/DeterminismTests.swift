import Basics
import Testing

@testable import Sandbox

struct DeterminismTests {
    @Test func `the same seed and minute give the same bytes`() throws {
        let one = try SandboxPages()
        let minute = one.state.minute
        let other = MarketMinute(Market(SandboxSettings()), at: minute)
        #expect(ListingsPage(market: other, range: 0..<500).body() == one.listings(["limit": "500"]).body)
        let page = TopListPage(market: other, page: 3, size: 100, isAscending: false)
        #expect(page.body() == one.toplist(["page": "3"]).body)
        #expect(Coinbase().answer(ProviderCall(parameters: ["currency": "BTC"]), in: other).body == one.rates().body)
    }

    @Test func `another minute has other prices and another order`() throws {
        let now = try SandboxPages("2026-11-21T09:01Z").state
        let next = try SandboxPages("2026-11-21T09:02Z").state
        #expect(now.toplist != next.toplist)
        #expect(zip(now.prices, next.prices).allSatisfy { $0 != $1 })
        #expect(zip(now.prices, next.prices).allSatisfy { abs($0 / $1 - 1) < 0.01 })
    }

    @Test func `another seed is another market`() {
        let other = Market(SandboxSettings(seed: 2, assets: 1000, ranked: 500))
        let first = Market(SandboxSettings(seed: 1, assets: 1000, ranked: 500))
        #expect(other.coins.map(\.id) != first.coins.map(\.id))
        #expect(other.coins.prefix(10).map(\.id) == first.coins.prefix(10).map(\.id))
    }

    @Test func `the well-known lead in any minute`() throws {
        for minute in ["2020-01-01T00:00Z", "2026-11-21T09:01Z", "2033-07-04T23:59Z"] {
            let pages = try SandboxPages(minute)
            let symbols = try pages.toplist(["page_size": "10"]).object().object("Data").list("LIST").map(\.symbol)
            #expect(symbols.prefix(3) == ["USDT", "BTC", "ETH"])
            #expect((80_000...110_000).contains(pages.state.bitcoin))
        }
    }

    @Test func `prices span from trillionths to a hundred thousand`() throws {
        let prices = try SandboxPages().state.prices
        #expect(prices.contains { $0 < 1e-11 })
        #expect(prices.contains { $0 > 80_000 })
    }
}
