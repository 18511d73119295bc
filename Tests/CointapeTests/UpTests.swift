import Foundation
import Redis
import TestSupport
import Testing

/// `cointape up` as a whole: sandbox, Redis, workers, api, in one process and its children.
@Suite(.serialized, .tags(.clock)) struct UpTests {
    /// An `up` with a list to serve.
    private func up(_ folder: TestFolder, port: Int, _ environment: [String: String] = [:]) async throws -> Cointape {
        let up = try Cointape(
            ["up", "--data", "\(folder.path)/data", "--port", "\(port)"], environment: environment)
        try await up.prints("cointape is up")
        return up
    }

    private func redisProcess(_ port: Int) async throws -> Int32 {
        let info = try await shell("redis-cli -p \(port + 1) INFO server | grep process_id | tr -dc 0-9")
        return try #require(Int32(info))
    }

    @Test func `serves lists, past minutes and streams from a fresh folder, and leaves nothing behind on SIGTERM`()
        async throws
    {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try await up(folder, port: port)
        #expect(up.text.contains("sandbox data"))

        let json = try await shell("curl -sS 'localhost:\(port)?limit=3'")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(rows.map { $0["Rank"] as? Int } == [1, 2, 3])
        #expect(rows.allSatisfy { ($0["Symbol"] as? String)?.isEmpty == false && $0["Price USD"] is NSNumber })

        let csv = try await shell("curl -sS 'localhost:\(port)?limit=3&format=CSV'")
        let lines = csv.components(separatedBy: "\r\n")
        #expect(lines.count == 5 && lines[0] == "Rank,Symbol,Price USD" && lines[4].isEmpty)

        let past = try await shell("curl -sS 'localhost:\(port)?limit=200&datetime=-2m&format=CSV'")
        #expect(past.components(separatedBy: "\r\n").count == 202)
        let oldest = try await shell("curl -sS -o /dev/null -w '%{http_code}' 'localhost:\(port)?datetime=-2m'")
        #expect(oldest == "200")
        #expect(!up.text.contains("redis.lost"), "a healthy start warns of nothing")
        // Real lists may follow under the URLs of a sandbox': caches must not keep these.
        let minutesAgo = "$(date -u -d '2 minutes ago' +%Y-%m-%dT%H:%MZ)"
        let head = try await shell("curl -sSI \"localhost:\(port)?datetime=\(minutesAgo)\"")
        #expect(head.hasPrefix("HTTP/1.1 200") && head.contains("max-age=65") && !head.contains("immutable"))
        let missing = try await shell("curl -sS 'localhost:\(port)?datetime=2020-01-01'")
        #expect(missing.contains(#""before":null,"after":"20"#))
        let ancient = try await shell("curl -sS -o /dev/null -w '%{http_code}' 'localhost:\(port)?datetime=1960-01-01'")
        #expect(ancient == "404")

        let redis = try await redisProcess(port)
        up.signal(SIGTERM)
        #expect(try await up.exit() == 0)
        #expect(!isAlive(redis))
    }

    @Test(.timeLimit(.minutes(5))) func `orders wait for no list, and the present list for no long past`() async throws
    {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try Cointape(["up", "--data", "\(folder.path)/data", "--port", "\(port)"])
        let order = #"{"currency":"USD","amount":"1","idempotence_key":"first"}"#
        let put =
            "curl -sS -X PUT localhost:\(port)/buy_order -H 'Content-Type: application/json' -d '\(order)' 2>&1; true"
        try await eventually(within: .seconds(60), every: .milliseconds(50), "an order is taken") {
            try await shell(put).contains("\"btc_amount\"")
        }
        func lists() async throws -> Int {
            try #require(Int(try await shell("redis-cli -p \(port + 1) XLEN toplist | tr -dc 0-9")))
        }
        let (before, hadBanner) = (try await lists(), up.text.contains("cointape is up"))
        // A tape that is a minute old already has settled the next one by now.
        #expect(before <= 4 && !(before == 0 && hadBanner), "\(before) lists before the first order")
        try await up.prints("cointape is up")
        try await eventually("the present list") {
            try await shell("redis-cli -p \(port + 1) EXISTS toplist:$(date -u +%Y-%m-%dT%H:%MZ)").contains("1")
        }
        #expect(try await lists() <= 5)
        // The banner shows what works.
        let lines = up.text.split(separator: "\n").filter { $0.hasPrefix("  curl 'localhost") }
        #expect(lines.contains { $0.contains("datetime=-2m") })
        for line in lines {
            let status = try await shell(
                String(line).replacing("curl ", with: "curl -sS -o /dev/null -w '%{http_code}' "))
            #expect(status == "200", "\(line)")
        }
        up.signal(SIGTERM)
        #expect(try await up.exit() == 0)
        // A second start takes up what is there, and shows no line that does not work yet.
        let second = try await self.up(folder, port: port)
        let present = try await shell("curl -sS -o /dev/null -w '%{http_code}' 'localhost:\(port)?datetime=-2m'")
        #expect(second.text.contains("datetime=-2m") == (present == "200"))
        second.signal(SIGTERM)
        #expect(try await second.exit() == 0)
    }

    @Test func `the account of a list has every awkward row, and the digits survive`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try await up(folder, port: port)
        defer { up.signal(SIGTERM) }
        let entry = try await shell("redis-cli -p \(port + 1) XREVRANGE toplist + - COUNT 1")
        let lines = entry.components(separatedBy: "\n")
        func field(_ name: String) -> String? { lines.firstIndex(of: name).map { lines[$0 + 1] } }
        #expect(field("source") == "toplist")
        let figures = ["matched", "only_rank", "only_price", "duplicates", "conflicts", "unpriced", "no_key", "count"]
        let values = try figures.map { try #require(field($0).flatMap { Int($0) }) }
        let (matched, onlyRank, onlyPrice) = (values[0], values[1], values[2])
        let (duplicates, conflicts, unpriced, noKey, count) = (values[3], values[4], values[5], values[6], values[7])
        #expect(matched == count + unpriced)
        // Every ranked asset and every priced coin is in one of the figures.
        #expect(matched + onlyRank + duplicates + noKey == 3_400)
        #expect(matched + onlyPrice == 10_000)
        #expect((duplicates, conflicts, unpriced) == (2, 2, 4))

        let csv = try await shell("curl -sS 'localhost:\(port)?limit=99999&format=CSV'")
        for expected in [
            "NANO,0.0000000012\r\n", "\"$A,\"\"B\"\"\",", "\"=HYPERLINK(", ",MIOTA,", ",USDT,", ",USDC,", "币安人生,",
        ] {
            #expect(csv.contains(expected), "\(expected)")
        }
        #expect(!csv.contains("NULLP") && !csv.contains("NEGP") && !csv.contains("NaN\r"))
        let ranks = csv.components(separatedBy: "\r\n").dropFirst().dropLast().compactMap {
            Int($0.prefix { $0 != "," })
        }
        #expect(ranks.filter { $0 <= count } == Array(1...count))
    }

    @Test func `a killed up takes its Redis with it, and the folder starts again with its data`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let first = try await up(folder, port: port)
        let redis = try await redisProcess(port)
        let entries = try #require(Int(try await shell("redis-cli -p \(port + 1) XLEN toplist | tr -dc 0-9")))
        first.signal(SIGKILL)
        _ = try await first.exit()
        // The next one waits for the old Redis to end.
        let second = try await up(folder, port: port)
        #expect(!isAlive(redis))
        #expect(try #require(Int(try await shell("redis-cli -p \(port + 1) XLEN toplist | tr -dc 0-9"))) >= entries)
        second.signal(SIGINT)
        #expect(try await second.exit() == 0)
    }

    @Test func `says who holds the folder, and that a port is taken`() async throws {
        let folder = try TestFolder()
        // Two for the first, and one behind them that would be another Redis' port.
        let port = try FreePort.next(3)
        let first = try await up(folder, port: port)
        let second = try await Cointape.run([
            "up", "--data", "\(folder.path)/data", "--port", "\(try FreePort.next(2))",
        ])
        #expect(second.code == 1)
        #expect(second.text.contains("is in use by cointape up, process \(first.identifier)"))
        let other = try TestFolder()
        let third = try await Cointape.run(["up", "--data", "\(other.path)/data", "--port", "\(port)"])
        #expect(third.code == 1)
        #expect(third.text.contains("Address already in use"))
        // Here only the api's port is taken, by the first one's Redis.
        let fourth = try await Cointape.run(["up", "--data", "\(other.path)/data", "--port", "\(port + 1)"])
        #expect(fourth.code == 1)
        #expect(fourth.text.contains("the port is in use"))
        first.signal(SIGTERM)
        #expect(try await first.exit() == 0)
    }

    @Test func `ends with an error when its Redis is killed`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try await up(folder, port: port)
        kill(try await redisProcess(port), SIGKILL)
        #expect(try await up.exit() == 1)
        #expect(up.text.contains("has ended"))
    }

    @Test func `half of the keys is a mistake that names what is missing`() async throws {
        let result = try await Cointape.run(
            ["up", "--data", "/nonexistent/x"], environment: ["CRYPTOCOMPARE_API_KEY": "canary-half"])
        #expect(result.code == 78)
        #expect(result.text.contains("COINMARKETCAP_API_KEY is not set"))
    }

    @Test func `asks another server of the same formats when the variables point there`() async throws {
        let redis = try await TestRedis()
        let sandbox = try Cointape(["sandbox", "--port", "0", "--key", "other-key", "--assets", "600"])
        try await sandbox.prints("export CRYPTOCOMPARE_URL=")
        let line = try #require(sandbox.text.split(separator: "\n").first { $0.contains("COINMARKETCAP_URL=") })
        let url = String(line.split(separator: "=")[1])
        let port = try FreePort.next(2)
        let up = try Cointape(
            ["up", "--port", "\(port)"],
            environment: [
                "REDIS_URL": redis.url, "COINMARKETCAP_URL": url, "CRYPTOCOMPARE_URL": url, "COINBASE_URL": url,
                "COINMARKETCAP_API_KEY": "other-key", "CRYPTOCOMPARE_API_KEY": "other-key",
            ])
        try await up.prints("cointape is up (real data)", within: .seconds(100))
        #expect(
            try await shell("curl -sS 'localhost:\(port)?limit=2&format=CSV'").hasPrefix("Rank,Symbol,Price USD\r\n1,"))
        let entry = try await shell("redis-cli -p \(redis.port) XREVRANGE price + - COUNT 1")
        #expect(entry.contains("\nsource\nprice\n"))
        #expect(entry.contains("\ncount\n600\n"))
    }
}
