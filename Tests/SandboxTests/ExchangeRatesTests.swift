import Testing

@testable import Sandbox

struct ExchangeRatesTests {
    private func rates(_ pages: SandboxPages) throws -> [String: String] {
        let data = try pages.rates().object().object("data")
        #expect(data["currency"] as? String == "BTC")
        return try #require(data["rates"] as? [String: String])
    }

    @Test func `there are as many rates as asked for`() throws {
        #expect(try rates(SandboxPages()).count == 640)
    }

    @Test func `they agree with the price of bitcoin`() throws {
        let pages = try SandboxPages()
        let bitcoin = try #require(try pages.coins().first { $0.id == 1 }?.usd()["price"] as? Double)
        let rates = try rates(pages)
        func number(_ code: String) throws -> Double { try #require(rates[code].flatMap(Double.init)) }
        #expect(abs(try number("USD") - bitcoin) < 0.001)
        #expect(rates["BSD"].flatMap(Double.init).map { abs($0 - bitcoin) < 0.001 } == true)
        #expect((0.8...0.93).contains(try number("EUR") / bitcoin))
        #expect((0.7...0.83).contains(try number("GBP") / bitcoin))
        let ether = try #require(try pages.coins().first { $0.id == 1027 }?.usd()["price"] as? Double)
        #expect(abs(try number("ETH") * ether / bitcoin - 1) < 1e-9)
    }

    @Test func `a cross moves, and slowly`() throws {
        func cross(_ minute: String) throws -> Double {
            let rates = try rates(SandboxPages(minute))
            return try #require(rates["EUR"].flatMap(Double.init)) / #require(rates["USD"].flatMap(Double.init))
        }
        let now = try cross("2026-11-21T09:01Z")
        let next = try cross("2026-11-21T09:02Z")
        #expect(now != next)
        #expect(abs(now / next - 1) < 0.001)
    }

    @Test func `the irregular are among them`() throws {
        let rates = try rates(SandboxPages())
        #expect(rates["BTC"] == "1")
        #expect(rates["00"] == "2764013.0081234567")
        #expect(rates["DEAD"] == "NaN")
        #expect(rates["ZERO"] == "0")
        #expect(rates["BYR"] != nil)
        #expect(rates["JPY"]?.contains(".") == false)
        #expect(rates.values.allSatisfy { !$0.contains("e") })
    }

    @Test(arguments: ["EUR", "btc", "", nil])
    func `another base is refused`(currency: String?) throws {
        let answer = try SandboxPages().rates(currency)
        #expect(answer.status == 400)
        #expect(try answer.object().list("errors").first?["message"] as? String == "Currency is invalid")
    }
}
