import Basics
import Foundation
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// `cointape orders open --cap --currencies`, `cointape orders currencies`, and apis that run meanwhile.
@Suite(.serialized) struct OrdersCurrenciesTests {
    private static func body(_ currency: String, _ amount: String, _ key: String) -> String {
        #"{"currency":"\#(currency)","amount":"\#(amount)","idempotence_key":"\#(key)"}"#
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            (["--cap", "0"], "--cap should be BTC above 0 and up to 21000000"),
            (["--cap", "1e3"], "--cap should be BTC"),
            (["--cap", "21000001"], "up to 21000000"), (["--cap=-1"], "--cap should be BTC"),
            (["--currencies", "usd,USD"], "not \"usd\""), (["--currencies", "USD,USD"], "--currencies has USD twice"),
            (["--currencies", "EURO"], "three capital letters"), (["--currencies", ""], "three capital letters"),
            (["--cap", "5", "--already-sold", "5.1"], "BTC from 0 to the cap, 5,"),
        ]) func `terms that are none are not taken`(arguments: [String], words: String) async throws
    {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "btc_rate")
        let result = try await orders.run(["open"] + arguments)
        #expect(result.code == 64 && result.lines.first?.contains(words) == true, "\(result.lines)")
        #expect(try await orders.entries().isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func `opens a ledger with other terms, verifies and raises by them`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "btc_rate")
        let opened = try await orders.run(["open", "--cap", "0.001", "--currencies", "CHF,USD"])
        let entries = try await orders.entries()
        #expect(opened.code == 0 && opened.lines.count == 2, "\(opened.lines)")
        #expect(opened.lines[0] == "opened \(entries[0].id) for real rates: 0 of 0.001 BTC are sold; it takes CHF,USD")
        #expect(opened.lines[1].hasPrefix("note: the newest rates have none for CHF,"))
        #expect(entries[0]["cap"] == "100000" && entries[0]["currencies"] == "CHF,USD" && entries[0]["rates"] == "real")
        #expect(try await orders.run(["currencies"]).lines == ["CHF,USD"])
        let beyond = try await orders.run(["raise", "--sold", "0.00100001"])
        #expect(beyond.code == 1 && beyond.lines.first?.contains("the ledger's cap is 0.001 BTC") == true)
        #expect(beyond.lines.first?.contains("--sold 0.001;") == true, "\(beyond.lines)")
        #expect(try await orders.run(["raise", "--sold", "0.001"]).code == 0)
        let verified = try await orders.run(["verify"])
        #expect(verified.code == 0 && verified.lines.contains("0 orders; 0.001 BTC sold, 0 of 0.001 left"))
    }

    @Test(.timeLimit(.minutes(5))) func `what cannot be added is told, and nothing is written`() async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "btc_rate")
        for arguments in [["currencies"], ["currencies", "--add", "CHF"]] {
            let closed = try await orders.run(arguments)
            #expect(closed.code == 1 && closed.lines.first?.contains("the ledger is not open") == true)
        }
        #expect(try await orders.run(["open"]).code == 0)
        let before = try await orders.dump()
        for (code, words) in [
            ("chf", "not \"chf\""), ("CHF,CHF", "has CHF twice"), ("SFR.", "three capital letters"),
        ] {
            let result = try await orders.run(["currencies", "--add", code])
            #expect(result.code == 64 && result.lines.first?.contains(words) == true, "\(result.lines)")
        }
        let known = try await orders.run(["currencies", "--add", "CHF,USD"])
        #expect(known.code == 1 && known.lines.first?.contains("takes USD already: EUR,GBP,USD") == true)
        #expect(try await orders.dump() == before)
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["api", "project"])
    func `nothing is added while a worker of an earlier build runs`(kind: String) async throws {
        let orders = try await TestOrders()
        try await orders.publishRates(source: "btc_rate")
        // As builds beat that know the first form of the ledger alone.
        let beat =
            #"{"kind":"\#(kind)","pid":"7","version":"0.1.0","started":"2026-11-21T00:19:30.840Z","last_minute":""}"#
        func beats(_ text: String) async throws {
            _ = try await orders.client.send(RedisCommand("SET", "worker:shop:host-1:0a1b2c3d", text))
        }
        try await beats(beat)
        let other = try await orders.run(["open", "--cap", "5"])
        #expect(other.code == 1 && other.lines.first?.contains("shop:host-1:0a1b2c3d is of a build") == true)
        #expect(try await orders.entries().isEmpty)
        #expect(try await orders.run(["open"]).code == 0)
        let refused = try await orders.run(["currencies", "--add", "CHF"])
        #expect(refused.code == 1 && refused.lines.count == 1)
        #expect(
            refused.lines[0].contains(
                "shop:host-1:0a1b2c3d is of a build that does not know currencies that were added"))
        #expect(try await orders.entries().count == 1)
        try await beats(beat.replacing(#""last_minute""#, with: #""ledger":"2","last_minute""#))
        #expect(try await orders.run(["currencies", "--add", "CHF"]).code == 0)
        #expect(try await orders.run(["currencies"]).lines == ["EUR,GBP,USD,CHF"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `an api that runs takes an added currency at once, as soon as the feed rates it`() async throws {
        let shop = try await Shop(apis: 2)
        let commands = ["REDIS_URL": shop.redis.url]
        let unknown = try await shop.put(Self.body("CHF", "1", "a"))
        #expect(unknown.status == 422 && unknown.text.contains(#""accepted":"EUR, GBP, USD""#), "\(unknown.text)")
        #expect(try await shop.ask("GET", "/buy_orders?currency=CHF").status == 422)
        let added = try await Cointape.run(["orders", "currencies", "--add", "CHF"], environment: commands)
        #expect(added.code == 0 && added.text.contains("the ledger takes EUR,GBP,USD,CHF"), "\(added.text)")
        #expect(added.text.contains("note: the newest rates have none for CHF"))
        // The very next request: nothing is waited for.
        for api in 0..<2 {
            let unrated = try await shop.put(Self.body("CHF", "1", "a"), api: api)
            #expect(unrated.status == 503 && unrated.text.contains("/problems/currency-unrated"), "\(unrated.text)")
            #expect(try await shop.put(Self.body("USD", "1", "usd-\(api)"), api: api).status == 200)
        }
        #expect(try await shop.ask("GET", "/buy_orders?currency=CHF").status == 200)
        try await eventually("/readyz tells it") {
            try await shop.ask("GET", "/readyz?verbose").text.contains("the newest rates have none for CHF")
        }
        let minute = Minute(containing: .machineTime)
        _ = try await shop.client.send(
            RedisCommand(
                "XADD", "btc_rate", "\(minute.milliseconds)-1", "source", "btc_rate", "kind", "real", "rows",
                #"[{"EUR":"85897.9513","GBP":"85897.9513","USD":"85897.9513","CHF":"50000"}]"#))
        try await eventually("CHF is ordered") {
            try await shop.put(Self.body("CHF", "1", "a"), api: 1).status == 200
        }
        let replay = try await shop.put(Self.body("CHF", "1.00", "a"))
        #expect(replay.text.contains(#""btc_amount":"0.00002""#), "\(replay.text)")
        let statistics = try await shop.ask("GET", "/buy_orders/stats").text
        #expect(statistics.contains(#""CHF":{"count":"#), "\(statistics)")
        let rebuilt = try await Cointape.run(["orders", "rebuild"], environment: commands)
        #expect(rebuilt.code == 0 && rebuilt.text.contains("rebuilt: 3 orders"), "\(rebuilt.text)")
        let verified = try await Cointape.run(["orders", "verify"], environment: commands)
        #expect(verified.code == 0 && verified.text.contains("CHF: 1 orders, 1 for 0.00002 BTC"), "\(verified.text)")
        // What the next error tells follows within a second.
        func knows() async throws -> Bool {
            try await shop.put(Self.body("chf", "1", "b")).text.contains(#""did_you_mean":"CHF""#)
        }
        try await eventually("the new list is told") { try await knows() }
        // Without the key that leads to the currency none is ordered in it; what was ordered is there all the same.
        _ = try await shop.client.send(RedisCommand("HDEL", "{orders}:seen", "EUR,GBP,USD"))
        try await eventually("the currency is not known") { try await !knows() }
        let page = try await shop.ask("GET", "/buy_orders?currency=CHF")
        #expect(page.status == 200 && page.text.contains("0.00002"), "\(page.text)")
        let told = try await Cointape.run(["orders", "currencies"], environment: commands)
        #expect(told.code == 1 && told.text.contains("these may not be all"), "\(told.text)")
        #expect(try await Cointape.run(["orders", "repair"], environment: commands).code == 0)
        let whole = try await Cointape.run(["orders", "currencies"], environment: commands)
        #expect(whole.code == 0 && whole.text.contains("EUR,GBP,USD,CHF"), "\(whole.text)")
    }
}
