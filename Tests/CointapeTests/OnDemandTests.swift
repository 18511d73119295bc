import Foundation
import Redis
import TestSupport
import Testing

/// Lists that requests have made, by apis without any worker beside them.
@Suite(.tags(.clock)) struct OnDemandTests {
    /// A folder of configs whose api makes lists on demand, and a sandbox to ask.
    private struct Setting {
        let redis: TestRedis
        let folder: TestFolder
        let sandbox: Cointape
        var environment: [String: String]

        init(clock: [String: String] = [:], faults: [String] = []) async throws {
            redis = try await TestRedis()
            folder = try TestFolder()
            let options = ["sandbox", "--port", "0", "--assets", "400"] + faults.flatMap { ["--fault", $0] }
            sandbox = try Cointape(options, environment: clock)
            try await sandbox.prints("export CRYPTOCOMPARE_URL=")
            environment = clock.merging(["REDIS_URL": redis.url]) { $1 }
            for line in sandbox.text.split(separator: "\n") where line.hasPrefix("export ") {
                let variable = line.dropFirst(7).split(separator: "=", maxSplits: 1)
                environment[String(variable[0])] = String(variable[1])
            }
            try await shell("cp \(Repository.path)/config/*.json .", in: folder.path)
            let onDemand =
                #""on_demand": {"older_than": "60s", "fetch": ["price.json", "rank.json"], "merge": "toplist.json"}"#
            let api = try String(contentsOfFile: "\(folder.path)/api.json", encoding: .utf8)
            try api.replacing(#""list": {"#, with: onDemand + #", "list": {"#)
                .write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        }

        func api(_ port: Int) throws -> Cointape {
            try Cointape(
                ["run", "api.json"], in: folder.path, environment: environment.merging(["PORT": "\(port)"]) { $1 })
        }

        /// All calls to the providers so far.
        func calls() async throws -> [String: Int] {
            let text = try await shell("curl -sS \(try #require(environment["COINBASE_URL"]))/sandbox/requests")
            let rows = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
            var calls: [String: Int] = [:]
            for row in rows {
                let key = "\(row["provider"] ?? "") \(row["minute"] ?? "")"
                calls[key, default: 0] += row["requests"] as? Int ?? 0
            }
            return calls
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a crowd at several apis has one list made, and asks each provider once a minute`()
        async throws
    {
        // In fast motion a minute begins soon: late in one, feeds wait for the next.
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let start = (now / 60_000 - 600) * 60_000
        let setting = try await Setting(clock: ["COINTAPE_CLOCK": "\(start)@\(now)x4"])
        let ports = try (0..<3).map { _ in try FreePort.next() }
        let apis = try ports.map(setting.api)
        for api in apis { try await api.prints("api.listening") }
        let ask = ports.map {
            "for i in 1 2 3 4 5 6; do curl -sS -o /dev/null -w '%{http_code} ' 'localhost:\($0)?limit=3' & done"
        }
        let answers = try await shell(ask.joined(separator: "; ") + "; wait")
        let codes = answers.split(separator: " ")
        #expect(codes.count == 18 && codes.allSatisfy { $0 == "200" }, "\(answers)")
        // Two minutes of refreshing later.
        let client = setting.redis.client()
        try await eventually(within: .seconds(60), "three lists are made") {
            _ = try await shell(ask.joined(separator: "; ") + "; wait")
            return try await client.send(RedisCommand("KEYS", "toplist:*")).array?.count ?? 0 >= 3
        }
        let calls = try await setting.calls()
        #expect(calls.count >= 6)
        for (key, count) in calls {
            let most = key.hasPrefix("cryptocompare") ? 4 : 1
            #expect(count <= most, "\(key): \(count)")
        }
        for api in apis { api.signal(SIGTERM) }
        for api in apis { #expect(try await api.exit() == 0) }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a dead key costs one call a minute, and the answer says that there is no list`()
        async throws
    {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let start = (now / 60_000 - 600) * 60_000
        let setting = try await Setting(
            clock: ["COINTAPE_CLOCK": "\(start)@\(now)x4"], faults: ["coinmarketcap:bad-key=1"])
        let port = try FreePort.next()
        let api = try setting.api(port)
        try await api.prints("api.listening")
        let client = setting.redis.client()
        try await eventually(within: .seconds(60), "two minutes are gaps") {
            let answer = try await shell("curl -sS -m 1 'localhost:\(port)?limit=3' 2>&1; true")
            #expect(!answer.contains("Rank"))
            return try await client.send(RedisCommand("XLEN", "price")).integer ?? 0 >= 2
        }
        for (key, count) in try await setting.calls() where key.hasPrefix("coinmarketcap") {
            #expect(count == 1, "\(key)")
        }
        // Who comes when it is clear that there will be none need not wait.
        let times = try await shell(
            "for i in 1 2; do curl -sS -o /dev/null -w '%{time_total} ' 'localhost:\(port)?limit=3'; done")
        #expect(times.split(separator: " ").last.flatMap { Double($0) } ?? 99 < 6, "\(times)")
        let answer = try await shell("curl -sS -i 'localhost:\(port)?limit=3'")
        #expect(answer.hasPrefix("HTTP/1.1 503") && answer.contains("Retry-After") && answer.contains("no-list-yet"))
        api.signal(SIGTERM)
        #expect(try await api.exit() == 0)
    }

    @Test func `configs that an api names are checked with it`() async throws {
        let folder = try TestFolder()
        try await shell("cp \(Repository.path)/config/*.json .", in: folder.path)
        let onDemand =
            #""on_demand": {"fetch": ["price.json", "none.json", "toplist.json"], "merge": "rank.json"}, "list": {"#
        let api = try String(contentsOfFile: "\(folder.path)/api.json", encoding: .utf8)
        try api.replacing(#""list": {"#, with: onDemand)
            .write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        let result = try await Cointape.run(["check", "api.json"], in: folder.path)
        #expect(result.code == 78)
        #expect(
            result.text == """
                api.json:7:41: on_demand.fetch[1]: there is no file none.json
                api.json:7:54: on_demand.fetch[2]: toplist.json is not the config of a fetch worker
                api.json:7:80: on_demand.merge: rank.json is not the config of a merge worker

                """)
        try api.replacing(
            #""list": {"#, with: #""on_demand": {"fetch": ["price.json"], "merge": "toplist.json"}, "list": {"#
        )
        .replacing(#""Price USD""#, with: #""Price""#)
        .write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        try await shell("sed -i 's/\"every\": \"60s\"/\"every\": \"2m\"/' price.json", in: folder.path)
        let together = try await Cointape.run(["check", "api.json"], in: folder.path)
        #expect(
            together.text == """
                api.json:7:26: on_demand.fetch: toplist.json joins rank, which none of these fetches
                api.json:7:109: list.columns: toplist has no column "Price"
                toplist.json:9:5: sources[1].every: is 1m, but price is fetched every 2m

                """)
        let run = try await Cointape.run(
            ["run", "api.json"], in: folder.path, environment: ["COINMARKETCAP_API_KEY": ""])
        #expect(run.code == 78)
        #expect(run.text.contains("price.json:8:12: needs: set COINMARKETCAP_API_KEY"))
    }
}
