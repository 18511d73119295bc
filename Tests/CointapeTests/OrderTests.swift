import Basics
import Foundation
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// Orders through api processes, over HTTP.
@Suite(.serialized, .tags(.load)) struct OrderTests {
    @Test(.timeLimit(.minutes(5))) func `64 identical orders at once through three apis are one`() async throws {
        let shop = try await Shop(apis: 3)
        let body = #"{"currency":"EUR","amount":"12.34","idempotence_key":"one"}"#
        let answers = try await shop.puts((0..<64).map { _ in body })
        #expect(Set(answers.map(\.status)) == [200])
        #expect(Set(answers.map(\.text)).count == 1)
        #expect(answers.count { $0["idempotent-replayed"] == nil } == 1)
        #expect(try await shop.ledger().count == 1)
    }

    @Test(.timeLimit(.minutes(5)))
    func `500 different orders at once pass the cap by nothing, and none is refused that would have fitted`()
        async throws
    {
        let shop = try await Shop(apis: 3, dollars: "100")
        var random = SeededGenerator(seed: 11)
        // 0.2 to 0.8 BTC each: about 250 BTC in all.
        let bodies = (0..<500).map { number in
            let cents = Int.random(in: 2_000...8_000, using: &random)
            return
                #"{"currency":"USD","amount":"\#(cents / 100).\#(cents % 100 < 10 ? "0" : "")\#(cents % 100)","idempotence_key":"k\#(number)"}"#
        }
        let answers = try await shop.puts(bodies)
        let orders = try await shop.ledger()
        let total = orders.reduce(Satoshi(0)) { $0 + $1.order.satoshi }
        #expect(total <= LedgerTerms.standard.cap && orders.last?.total == total)
        // What was left after each order, the ledger's opening included.
        let left = Set(([Satoshi(0)] + orders.map(\.total)).map { LedgerTerms.standard.cap.less($0).btc })
        let placed = Set(orders.map { "\($0.key)" })
        var refused = 0
        for (number, answer) in answers.enumerated() {
            guard answer.status == 409 else {
                #expect(answer.status == 200 && placed.contains("k\(number)"), "\(answer.text)")
                continue
            }
            refused += 1
            #expect(!placed.contains("k\(number)"))
            let problem = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any], "\(answer.text)")
            let requested = try #require((problem["requested_btc"] as? String).flatMap(Satoshi.init(btc:)))
            let remaining = try #require(problem["remaining_btc"] as? String)
            #expect(left.contains(remaining), "\(remaining) was never what was left")
            #expect(try #require(Satoshi(btc: remaining)) < requested, "\(answer.text)")
        }
        #expect(refused > 200 && placed.count > 100)
        // What is left is less than the smallest order.
        #expect(LedgerTerms.standard.cap.less(total) < Satoshi(80_000_000))
    }

    @Test(.timeLimit(.minutes(5))) func `bad requests are told why, and nothing is written`() async throws {
        let shop = try await Shop(apis: 1)
        let good = #""currency":"USD","amount":"1","idempotence_key":"k""#
        func amount(_ json: String) -> String { #"{"currency":"USD","amount":\#(json),"idempotence_key":"k"}"# }
        let long = String(repeating: "9", count: 1000)
        let cases: [(body: String, headers: [String], status: Int, word: String)] = [
            ("currency=USD", [], 422, "not a JSON object"), ("", [], 422, "not a JSON object"),
            ("{\(good)", [], 422, "not a JSON object"), ("[{\(good)}]", [], 422, "not a JSON object"),
            (amount("true"), [], 422, "neither a string nor a number"), (amount(#""NaN""#), [], 422, "plain decimal"),
            (amount("NaN"), [], 422, "not a JSON object"), (amount("1e5"), [], 422, "plain decimal"),
            (amount("-5"), [], 422, "plain decimal"), (amount("0"), [], 422, "plain decimal"),
            (amount("1000000000"), [], 422, "plain decimal"), (amount(#""0.123456789""#), [], 422, "plain decimal"),
            (amount(long), [], 422, "plain decimal"), (amount("\"\(long)\""), [], 422, "plain decimal"),
            (#"{"currency":"CHF","amount":"1","idempotence_key":"k"}"#, [], 422, "EUR, GBP, USD"),
            (#"{"currency":"usd","amount":"1","idempotence_key":"k"}"#, [], 422, #""did_you_mean":"USD""#),
            (#"{"currency":"USD","amount":"1"}"#, [], 422, "There is no idempotence_key"),
            (
                #"{"currency":"USD","amount":"1","idempotence_key":"\#(String(repeating: "k", count: 300))"}"#, [], 422,
                "300 bytes"
            ),
            ("{\(good)}", ["Idempotency-Key: other"], 422, "differ"),
            ("{\(good)}", ["Content-Type: text/plain"], 415, "application/json is read"),
        ]
        for bad in cases {
            let type = bad.headers.contains { $0.hasPrefix("Content-Type") } ? [] : ["Content-Type: application/json"]
            let answer = try await shop.put(bad.body, bad.headers + type)
            #expect(answer.status == bad.status && answer.text.contains(bad.word), "\(bad)\n\(answer.text)")
            #expect(answer["content-type"] == "application/problem+json" && answer["cache-control"] == "no-store")
        }
        let huge = "{\(good),\"note\":\"" + String(repeating: "x", count: 2_000_000) + "\"}"
        #expect(try await shop.put(huge).status == 413)
        #expect(try await shop.ask("GET", "/buy_order").status == 405)
        #expect(try await shop.ask("PUT", "/buy_orders").status == 405)
        #expect(try await shop.ask("PUT", "/buy_order?currency=USD").status == 422)
        #expect(try await shop.ledger().isEmpty)
        #expect(try await shop.client.send(RedisCommand("EXISTS", "{orders}:seen")) == .integer(0))
    }

    @Test(.timeLimit(.minutes(5))) func `orders are read back in pages, by id and in sums, as clients know them`()
        async throws
    {
        let shop = try await Shop(apis: 2, dollars: "80000")
        var ids: [String] = []
        for number in 1...5 {
            let currency = number % 2 == 0 ? "EUR" : "USD"
            let answer = try await shop.put(
                #"{"currency":"\#(currency)","amount":\#(number),"idempotence_key":"k\#(number)"}"#, api: number % 2)
            let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
            let order = try #require(json["buy_order"] as? [String: String])
            #expect(json["idempotence_key"] as? String == "k\(number)")
            #expect(
                Set(order.keys) == ["id", "created_at", "currency", "currency_amount", "btc_rate", "btc_amount"])
            ids.append(try #require(order["id"]))
        }
        #expect(ids == ids.sorted())
        func page(_ query: String) async throws -> (ids: [String], next: String?, link: String?) {
            let answer = try await shop.ask("GET", "/buy_orders?\(query)")
            let json = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
            let rows = try #require(json["rows"] as? [[String: String]])
            return (rows.compactMap { $0["id"] }, json["last_reference"] as? String, answer["link"])
        }
        var walked: [String] = []
        var next: String? = ""
        while let reference = next {
            let found = try await page("page_size=2" + (reference.isEmpty ? "" : "&last_reference=\(reference)"))
            walked += found.ids
            next = found.next
            #expect((found.link != nil) == (found.next != nil))
            if let next {
                #expect(found.link == "</buy_orders?page_size=2&last_reference=\(next)>; rel=\"next\"")
            }
        }
        #expect(walked == ids.reversed())
        #expect(try await page("currency=EUR").ids == [ids[3], ids[1]])
        #expect(try await page("currency=GBP").ids.isEmpty)
        let one = try await shop.ask("GET", "/buy_orders/\(ids[2])")
        #expect(one.status == 200 && one.text.contains(#""id":"\#(ids[2])""#) && one.text.contains("btc_amount"))
        let forged = ids[2].dropLast(3) + (ids[2].hasSuffix("000") ? "001" : "000")
        for unknown in [String(forged), "01a20bcb-292e-7000-8000-008598c6b40a", "5"] {
            let answer = try await shop.ask("GET", "/buy_orders/\(unknown)")
            #expect(answer.status == 404 && answer.text.contains("no-such-order"))
        }
        // No project worker runs here: the sums lag, the cap does not.
        let sums = try await shop.ask("GET", "/buy_orders/stats").text
        let left = LedgerTerms.standard.cap.less(try #require(try await shop.ledger().last).total).btc
        #expect(sums.contains(#""as_of":null,"count":0"#) && sums.contains(#""remaining_btc":"\#(left)""#))
        let head = try await shop.ask("HEAD", "/buy_orders")
        #expect(head.status == 200 && head.body.isEmpty)
    }

    @Test(.timeLimit(.minutes(5))) func `an order whose ledger is gone, closed or unreachable is a 503 that says so`()
        async throws
    {
        let shop = try await Shop(apis: 1, isOpen: false)
        let body = #"{"currency":"EUR","amount":"1","idempotence_key":"a"}"#
        #expect(try await shop.put(body).text.contains("ledger-not-open"))
        #expect(try await shop.ask("GET", "/buy_orders/stats").text.contains("ledger-not-open"))
        try await shop.open()
        #expect(try await shop.put(body).status == 200)
        _ = try await shop.client.send(RedisCommand("FLUSHALL"))
        try await shop.publishRates()
        let lost = try await shop.put(body.replacing("\"a\"", with: "\"b\""))
        #expect(lost.status == 503 && lost.text.contains("ledger-lost") && lost["retry-after"] == "60")
        try await shop.open()
        #expect(try await shop.put(body).text.contains("ledger-lost"))
        #expect(try await shop.ledger().isEmpty)
        shop.redis.signal(SIGSTOP)
        let unknown = try await shop.put(body)
        #expect(unknown.status == 503 && unknown.text.contains("outcome-unknown"), "\(unknown.text)")
        shop.redis.signal(SIGCONT)
    }

    @Test(.timeLimit(.minutes(5))) func `without a young rate only orders that were placed are answered`() async throws
    {
        let shop = try await Shop(apis: 1)
        let body = #"{"currency":"EUR","amount":"1","idempotence_key":"a"}"#
        let order = try await shop.put(body)
        #expect(order.status == 200)
        // Another api that knows only rates of ten minutes ago.
        _ = try await shop.client.send(RedisCommand("DEL", "btc_rate"))
        try await shop.publishRates(minutesAgo: 10)
        let late = try await shop.startAPI()
        let again = try await shop.put(body, port: late)
        #expect(again.status == 200 && again.text == order.text && again["idempotent-replayed"] == "true")
        let stale = try await shop.put(body.replacing("\"a\"", with: "\"b\""), port: late)
        #expect(stale.status == 503 && stale.text.contains("rate-stale") && stale["retry-after"] == "10")
        let age = try #require(stale.text.firstMatch(of: /"rate_age_s":(\d+),"max_rate_age_s":180/)).1
        #expect((600..<720).contains(Int(age) ?? 0))
        #expect(try await shop.ledger().count == 1)
    }

    @Test(.timeLimit(.minutes(5))) func `a quote is what the order will be, and places nothing`() async throws {
        let shop = try await Shop(apis: 1, dollars: "80000")
        func quote(_ query: String) async throws -> RawAnswer { try await shop.ask("GET", "/quote?\(query)") }
        let small = try await quote("currency=USD&amount=100.50")
        let minute = Minute(containing: Timestamp.machineTime)
        let shown = small.text.replacing(/"rate_minute":"[^"]*"/, with: #""rate_minute":"M""#)
        #expect(
            shown.trimmingCharacters(in: .newlines)
                == #"{"currency":"USD","currency_amount":"100.5","btc_rate":"80000","rate_minute":"M","btc_amount":"0.00125625","#
                + #""fits":true,"remaining_btc":"100","cap_btc":"100"}"#)
        let told = try #require(small.text.firstMatch(of: /"rate_minute":"([^"]*)"/).flatMap { Minute(String($0.1)) })
        #expect((minute.milliseconds - told.milliseconds) <= 120_000 && small["cache-control"] == "no-store")
        let large = try await quote("currency=EUR&amount=8000001")
        #expect(large.status == 200 && large.text.contains(#""fits":false,"remaining_btc":"100""#), "\(large.text)")
        for (query, status, word) in [
            ("currency=CHF&amount=1", 422, "EUR, GBP, USD"), ("currency=USD", 422, "There is no amount"),
            ("amount=1", 422, "There is no currency"), ("currency=USD&amount=-1", 422, "plain decimal"),
            ("currency=USD&amount=1&key=x", 422, "key"), ("currency=usd&amount=1", 422, #""did_you_mean":"USD""#),
        ] {
            let answer = try await quote(query)
            #expect(answer.status == status && answer.text.contains(word), "\(query): \(answer.text)")
        }
        #expect(try await shop.ask("PUT", "/quote?currency=USD&amount=1").status == 405)
        #expect(try await shop.ledger().isEmpty)
        let order = try await shop.put(#"{"currency":"USD","amount":"100.50","idempotence_key":"a"}"#)
        #expect(order.text.contains(#""btc_amount":"0.00125625""#))
        #expect(try await quote("currency=USD&amount=1").text.contains(#""remaining_btc":"99.99874375""#))
        // As an order would be refused.
        _ = try await shop.client.send(RedisCommand("SET", "{orders}:missing", #"{"entry":"1-1"}"#))
        let lost = try await quote("currency=USD&amount=1")
        #expect(lost.status == 503 && lost.text.contains("/problems/ledger-lost"), "\(lost.text)")
        shop.redis.signal(SIGSTOP)
        let silent = try await quote("currency=USD&amount=1")
        #expect(silent.status == 503 && silent.text.contains("orders-unavailable"), "\(silent.text)")
        shop.redis.signal(SIGCONT)
    }

    @Test(.timeLimit(.minutes(5))) func `an order is priced by the newest rate that has come`() async throws {
        let shop = try await Shop(apis: 1, dollars: "80000", minutesAgo: 1)
        func rate(_ key: String) async throws -> String {
            let answer = try await shop.put(#"{"currency":"USD","amount":"1","idempotence_key":"\#(key)"}"#)
            return try String(#require(answer.text.firstMatch(of: /"btc_rate":"([\d.]+)"/), "\(answer.text)").1)
        }
        #expect(try await rate("a") == "80000")
        try await shop.publishRates(dollars: "90000.5")
        try await eventually("the newer rate is used") {
            try await rate("\(UInt64.random(in: 0...UInt64.max))") == "90000.5"
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `an api that has placed nothing itself knows from the read model that a ledger was lost`() async throws {
        let shop = try await Shop(apis: 2)
        let projector = try Cointape(["run", "config/ledger.json"], environment: ["REDIS_URL": shop.redis.url])
        #expect(try await shop.put(#"{"currency":"EUR","amount":"1","idempotence_key":"a"}"#, api: 0).status == 200)
        try await eventually("the order is folded") {
            try await shop.client.send(RedisCommand("XLEN", "{read}:all")) == .integer(1)
        }
        // The other api looks at the read model every second: its check shows in the expected entry that it gives the script.
        let other = #"{"currency":"EUR","amount":"1","idempotence_key":"b"}"#
        try await eventually("the other api knows of the order") {
            let copy = try await shop.client.send(RedisCommand("XRANGE", "{orders}:ledger", "-", "+"))
            _ = try await shop.client.send(RedisCommand("RENAME", "{orders}:ledger", "{orders}:kept"))
            let answer = try await shop.put(other, api: 1)
            _ = try await shop.client.send(RedisCommand("RENAME", "{orders}:kept", "{orders}:ledger"))
            #expect(try await shop.client.send(RedisCommand("XRANGE", "{orders}:ledger", "-", "+")) == copy)
            return answer.text.contains("ledger-lost")
        }
        projector.signal(SIGTERM)
        #expect(try await projector.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `what a person has to mend is told by its name`() async throws {
        let shop = try await Shop(apis: 1)
        func problem(_ key: String) async throws -> String {
            try await shop.put(#"{"currency":"EUR","amount":"1","idempotence_key":"\#(key)"}"#).text
        }
        _ = try await shop.client.send(RedisCommand("XADD", "{orders}:ledger", "*", "by", "hand"))
        #expect(try await problem("a").contains("/problems/ledger-damaged"))
        let id = try await shop.client.send(RedisCommand("XREVRANGE", "{orders}:ledger", "+", "-", "COUNT", "1"))
        _ = try await shop.client.send(RedisCommand("XDEL", "{orders}:ledger", id.array?[0].array?[0].text ?? ""))
        #expect(try await shop.put(#"{"currency":"EUR","amount":"1","idempotence_key":"a"}"#).status == 200)
        _ = try await shop.client.send(RedisCommand("HSET", "{read}:stats", "last", "rubbish"))
        #expect(try await shop.ask("GET", "/buy_orders").text.contains("/problems/read-model-damaged"))
        #expect(try await shop.ask("GET", "/buy_orders/stats").text.contains("/problems/read-model-damaged"))
        _ = try await shop.client.send(RedisCommand("DEL", "{read}:stats"))
        #expect(try await shop.ask("GET", "/buy_orders").status == 200)
        let other = try await Shop(apis: 1, source: "sandbox")
        let answer = try await other.put(#"{"currency":"EUR","amount":"1","idempotence_key":"a"}"#)
        #expect(answer.status == 503 && answer.text.contains("/problems/wrong-rates"), "\(answer.text)")
    }

    @Test(.timeLimit(.minutes(5))) func `the script for hands follows last_reference to the end`() async throws {
        let shop = try await Shop(apis: 1)
        for number in 1...5 {
            _ = try await shop.put(#"{"currency":"USD","amount":"\#(number)","idempotence_key":"k\#(number)"}"#)
        }
        let environment = ["URL": "http://localhost:\(shop.apis[0].port)"]
        let pages = try await shell("scripts/curl/get_buy_orders_pass_last_ref.sh 2 USD", environment: environment)
            .split(separator: "\n")
        #expect(pages.map { $0.matches(of: /"id":/).count } == [2, 2, 1])
        let amounts = pages.joined().matches(of: /"currency_amount":"(\d)"/).map { String($0.1) }
        #expect(amounts == ["5", "4", "3", "2", "1"])
        let refused = try await shell(
            "scripts/curl/get_buy_orders_pass_last_ref.sh 1000; echo \"exit code $?\"", environment: environment)
        #expect(refused.contains("1 to 100") && refused.contains("exit code 1"), "\(refused)")
    }
}
