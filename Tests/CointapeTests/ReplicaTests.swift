import Foundation
import Redis
import TestSupport
import Testing

/// Several processes of every worker on one Redis, in fast motion.
@Suite(.tags(.clock)) struct ReplicaTests {
    static let speed: Int64 = 15

    @Test(.timeLimit(.minutes(5)))
    func `three replicas of every worker publish every minute once and ask as one would`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let start = now - 3 * 3_600_000
        let clock = ["COINTAPE_CLOCK": "\(start)@\(now)x\(Self.speed)"]
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "500"], environment: clock)
        try await sandbox.prints("export CRYPTOCOMPARE_URL=")
        let variables = sandbox.text.split(separator: "\n").filter { $0.hasPrefix("export ") }
            .map { $0.dropFirst(7).split(separator: "=", maxSplits: 1) }
        var environment = clock.merging(["REDIS_URL": redis.url]) { $1 }
        for variable in variables { environment[String(variable[0])] = String(variable[1]) }
        let configs = ["price", "rank", "btc_rate", "toplist"].map { "config/\($0).json" }
        var replicas: [Cointape] = []
        for config in configs {
            for _ in 0..<3 { replicas.append(try Cointape(["run", config], environment: environment)) }
        }
        let ports = try (0..<3).map { _ in try FreePort.next() }
        for port in ports {
            let settings = environment.merging(["PORT": "\(port)"]) { $1 }
            replicas.append(try Cointape(["run", "config/api.json"], environment: settings))
        }
        // On a slow machine some minutes are gaps, as long as others are not.
        try await eventually(within: .seconds(120), every: .milliseconds(100), "eight minutes, six with rows") {
            var isEnough = try await client.send(RedisCommand("XLEN", "toplist")).integer ?? 0 >= 8
            for stream in ["price", "rank", "btc_rate"] where isEnough {
                isEnough = try await entries(of: stream, client).count(where: hasRows) >= 6
            }
            return isEnough
        }
        let answers = try await sameMinute(from: ports, client)
        #expect(Set(answers).count == 1)
        #expect(answers.allSatisfy { $0.hasPrefix("Rank,Symbol,Price USD\r\n1,") })
        for replica in replicas { replica.signal(SIGTERM) }
        for replica in replicas { #expect(try await replica.exit() == 0) }

        var minutesWithRows: [String: Int] = [:]
        var minutes: [String: Int] = [:]
        for stream in ["price", "rank", "btc_rate", "toplist"] {
            let entries = try await entries(of: stream, client)
            let ids = entries.compactMap { $0.array?[0].text }
            let starts = ids.compactMap { $0.split(separator: "-").first.flatMap { Int64($0) } }
            let last = try #require(starts.last)
            #expect(ids.allSatisfy { $0.hasSuffix("-0") })
            #expect(starts == Array(stride(from: starts[0], through: last, by: 60_000)), "\(stream) has a hole")
            minutes[stream] = ids.count
            minutesWithRows[stream] = entries.count(where: hasRows)
        }
        // Twelve workers and one sandbox: no call was made twice.
        let url = try #require(environment["COINBASE_URL"])
        let counts = try await shell("curl -sS \(url)/sandbox/requests")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(counts.utf8)) as? [[String: Any]])
        for (provider, pages, stream) in [
            ("coinmarketcap", 1, "price"), ("cryptocompare", 5, "rank"), ("coinbase", 1, "btc_rate"),
        ] {
            let calls = rows.filter { $0["provider"] as? String == provider }
                .compactMap { $0["requests"] as? Int }.reduce(0, +)
            let least = try #require(minutesWithRows[stream])
            // A replica that was stopped while it fetched leaves one minute's calls without an entry.
            let most = try #require(minutes[stream]) + 1
            #expect(calls >= least * pages && calls <= most * pages, "\(provider): \(calls) for \(least) to \(most)")
        }
    }

    private func entries(of stream: String, _ client: RedisClient) async throws -> [RedisReply] {
        try #require(try await client.send(RedisCommand("XRANGE", stream, "-", "+")).array)
    }

    private func hasRows(_ entry: RedisReply) -> Bool {
        entry.array?[1].array?.contains { $0.text == "rows" } == true
    }

    /// What each api says of one minute that has a list.
    private func sameMinute(from ports: [Int], _ client: RedisClient) async throws -> [String] {
        let lists = try #require(try await client.send(RedisCommand("KEYS", "toplist:*")).array).compactMap(\.text)
        let minute = try #require(lists.min()).dropFirst("toplist:".count)
        var answers: [String] = []
        for port in ports {
            answers.append(try await shell("curl -sS 'localhost:\(port)?limit=50&format=CSV&datetime=\(minute)'"))
        }
        return answers
    }
}
