import Foundation
import TestSupport
import Testing

@Suite(.tags(.clock)) struct CommandTests {
    @Test func `check takes the shipped configs, and needs no key for it`() async throws {
        let configs = ["api", "archive", "btc_rate", "ledger", "price", "rank", "toplist"].map { "config/\($0).json" }
        let result = try await Cointape.run(["check"] + configs, environment: ["ARCHIVE_DIR": ""])
        #expect(result.code == 0)
        #expect(
            result.text == #"""
                config/api.json: ok: serves toplist, and takes orders, on 127.0.0.1:6667
                config/archive.json: ok: keeps toplist in file://data/archive
                config/btc_rate.json: ok: fetches btc_rate every 1m into btc_rate
                  cost: 1 page a time, 1440 calls a day
                config/ledger.json: ok: projects the ledger of orders
                config/price.json: ok: fetches price every 1m into price; cannot run before COINMARKETCAP_API_KEY is set
                  cost: 2 pages a time, 2880 calls a day, 72000 credits a day
                  cost: a plan of 15000 credits in 30d is used up in 5h; schedule.every "144m" would fit
                config/rank.json: ok: fetches rank every 1m into rank; cannot run before CRYPTOCOMPARE_API_KEY is set
                  cost: 34 pages a time, 48960 calls a day
                config/toplist.json: ok: joins rank + price into toplist

                """#)
    }

    @Test func `run says at start when a plan would not last`() async throws {
        let redis = try await TestRedis()
        let feed = try Cointape(
            ["run", "config/price.json"],
            environment: [
                "REDIS_URL": redis.url, "COINMARKETCAP_API_KEY": "canary-1234", "COINMARKETCAP_PLAN": "300000",
                // A proxy that is not there: nothing leaves this machine.
                "https_proxy": "http://127.0.0.1:1",
            ])
        try await feed.prints(
            #"config/price.json: cost: a plan of 300000 credits in 30d is used up in 4d4h; schedule.every "8m" would fit"#
        )
        feed.signal(SIGTERM)
        _ = try await feed.exit()
        #expect(!feed.text.contains("canary"))
    }

    @Test func `check tells all mistakes of all files at their places, without secrets, and exits with 78`()
        async throws
    {
        let folder = try TestFolder()
        let config = """
            {
              "worker": "fetch", "name": "mood",
              "schedule": {"every": "90s", "ofset": "1s"},
              "request": {"url": "${MOOD_URL}/scores", "timeout": 5, "headers": {"X-Key": "${MOOD_KEY}"}},
              "filter": ".scores[ | {id}",
              "publish": {"stream": "mood"}
            }
            """
        try config.write(toFile: "\(folder.path)/mood.json", atomically: true, encoding: .utf8)
        let result = try await Cointape.run(
            ["check", "mood.json", "none.json"], in: folder.path, environment: ["MOOD_KEY": "canary-1234"])
        #expect(result.code == 78)
        let lines = result.text.split(separator: "\n").map(String.init)
        #expect(lines.contains("mood.json:3:25: schedule.every: should be a multiple of 60s"))
        #expect(lines.contains("mood.json:3:32: schedule.ofset: unknown key (did you mean offset?)"))
        #expect(lines.contains("mood.json:4:22: request.url: needs the environment variable MOOD_URL"))
        #expect(lines.contains { $0.hasPrefix("mood.json:4:55: request.timeout: should be a duration") })
        #expect(lines.contains { $0.hasPrefix("mood.json:5:13: filter: does not compile: syntax error") })
        #expect(lines.contains("none.json: the file cannot be read"))
        #expect(!result.text.contains("canary"))
    }

    @Test func `run refuses a feed whose key is missing`() async throws {
        let result = try await Cointape.run(["run", "config/price.json"])
        #expect(result.code == 78)
        #expect(
            result.text
                == "config/price.json:8:12: needs: set COINMARKETCAP_API_KEY, or COINMARKETCAP_URL for a server that needs no key\n"
        )
    }

    @Test func `fetch settles the current minute, and shows rows without writing when asked`() async throws {
        let redis = try await TestRedis()
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "450"])
        try await sandbox.prints("export COINBASE_URL=")
        let line = try #require(sandbox.text.split(separator: "\n").first { $0.contains("COINBASE_URL=") })
        let environment = ["REDIS_URL": redis.url, "COINBASE_URL": String(line.split(separator: "=")[1])]

        let shown = try await Cointape.run(["fetch", "config/btc_rate.json", "--dry-run"], environment: environment)
        #expect(shown.code == 0)
        #expect(shown.text.wholeMatch(of: /\{"EUR":"[\d.]+","GBP":"[\d.]+","USD":"[\d.]+"\}\n1 rows\n/) != nil)
        #expect(try await shell("redis-cli -p \(redis.port) DBSIZE") == "0\n")

        let settled = try await Cointape.run(["fetch", "config/btc_rate.json"], environment: environment)
        #expect(settled.code == 0)
        #expect(try await shell("redis-cli -p \(redis.port) XLEN btc_rate") == "1\n")
        sandbox.signal(SIGTERM)
        _ = try await sandbox.exit()

        let gone = try await Cointape.run(["fetch", "config/btc_rate.json", "--dry-run"], environment: environment)
        #expect(gone.code == 1)
        #expect(gone.text.contains("upstream: Failed to connect"))
    }
}
