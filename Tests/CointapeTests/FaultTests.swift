import Foundation
import Redis
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The whole tape while its providers fail in every way there is, in fast motion.
@Suite struct FaultTests {
    private static let speed: Int64 = 15
    /// Minutes of the tape; `COINTAPE_SOAK` asks for more of them.
    private static let minutes = ProcessInfo.processInfo.environment["COINTAPE_SOAK"].flatMap { Int64($0) } ?? 30
    private static let feeds = ["price", "rank", "btc_rate"]
    /// The codes that a gap may have.
    private static let codes: Set<String> = ["upstream", "stopped", "bad-payload", "no-entry"]
    private static let canary = "canary-5f0e7c21"

    /// One entry of a stream, as far as it matters here.
    private struct Entry {
        let start: Int64
        let fields: [String: String]

        var hasRows: Bool { fields["gap"] == nil }
    }

    private func entries(_ stream: String, _ client: RedisClient) async throws -> [Entry] {
        let reply = try #require(try await client.send(RedisCommand("XRANGE", stream, "-", "+")).array)
        return try reply.map { element in
            let parts = try #require(element.array)
            let flat = try #require(parts[1].array).map { $0.text ?? "" }
            let pairs = stride(from: 0, to: flat.count, by: 2).map { (flat[$0], flat[$0 + 1]) }
            let start = try #require(parts[0].text?.split(separator: "-").first.flatMap { Int64($0) })
            return Entry(start: start, fields: Dictionary(pairs) { $1 })
        }
    }

    @Test(.timeLimit(.minutes(120)))
    func `with faults in three of ten calls every minute is settled, no list is too old, and the api never fails`()
        async throws
    {
        let redis = try await TestRedis()
        let client = redis.client()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let clock = ["COINTAPE_CLOCK": "\(now - 48 * 3_600_000)@\(now)x\(Self.speed)"]
        let sandbox = try Cointape(
            ["sandbox", "--port", "0", "--assets", "300", "--key", Self.canary, "--fault", "any=0.3"],
            environment: clock)
        try await sandbox.prints("export COINMARKETCAP_URL=")
        let variables = sandbox.text.split(separator: "\n").filter { $0.hasPrefix("export ") }
            .map { $0.dropFirst(7).split(separator: "=", maxSplits: 1) }
        let port = try FreePort.next()
        var environment = clock.merging(["REDIS_URL": redis.url, "PORT": "\(port)", "LOG_LEVEL": "debug"]) { $1 }
        for variable in variables { environment[String(variable[0])] = String(variable[1]) }
        let feeds = try Cointape(
            ["run"] + Self.feeds.map { "config/\($0).json" } + ["config/toplist.json"], environment: environment)
        let api = try Cointape(["run", "config/api.json"], environment: environment)

        let statuses = try await pollAPI(port, client)
        #expect(Set(statuses) == [200], "\(statuses)")
        feeds.signal(SIGTERM)
        api.signal(SIGTERM)
        #expect(try await feeds.exit() == 0)
        #expect(try await api.exit() == 0)
        #expect(!(feeds.text + api.text).contains("canary"))

        var rows: [String: Set<Int64>] = [:]
        for stream in Self.feeds + ["toplist"] {
            let entries = try await entries(stream, client)
            let starts = entries.map(\.start)
            let (first, last) = (try #require(starts.first), try #require(starts.last))
            #expect(starts == Array(stride(from: first, through: last, by: 60_000)), "\(stream) has a hole")
            for entry in entries where !entry.hasRows {
                #expect(Self.codes.contains(entry.fields["gap"] ?? ""), "\(stream) \(entry.fields)")
                #expect(entry.fields["detail"]?.isEmpty == false)
            }
            #expect(!entries.contains { $0.fields.values.contains { $0.contains("canary") } })
            rows[stream] = Set(entries.filter(\.hasRows).map(\.start))
            print("\(stream): \(entries.count) minutes, \(entries.count { !$0.hasRows }) gaps")
        }
        // A list exactly where both feeds had rows within the margin, and never of older ones.
        let (prices, ranks) = (try #require(rows["price"]), try #require(rows["rank"]))
        // Feeds are kept for two hours only.
        let oldest = try #require([prices.min(), ranks.min()].compactMap(\.self).max())
        for entry in try await entries("toplist", client) where entry.start > oldest + 60_000 {
            let nearby = [entry.start, entry.start - 60_000]
            let mayBe = nearby.contains(where: prices.contains) && nearby.contains(where: ranks.contains)
            #expect(entry.hasRows == mayBe || isKnownPoor(entry), "\(entry.fields)")
        }
    }

    /// A join that has both sources but no row, because the ids of one were missing.
    private func isKnownPoor(_ entry: Entry) -> Bool {
        entry.fields["detail"] == "the sources have no row in common that is complete"
    }

    /// 0 when nobody answers, as before the api listens.
    private func status(_ url: String) async throws -> Int {
        let request = URLRequest(
            url: try #require(URL(string: url)), cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 20)
        guard let (_, response) = try? await URLSession.shared.data(for: request) else { return 0 }
        return (response as? HTTPURLResponse)?.statusCode ?? 0
    }

    /// Asks for the newest list and for past minutes until the tape is long enough; the statuses since the first list, which a
    /// provider that wants to be left alone may hold up for long.
    private func pollAPI(_ port: Int, _ client: RedisClient) async throws -> [Int] {
        var statuses: [Int] = []
        var oldest: Int64?
        try await eventually(within: .seconds(Self.minutes * 60 / Self.speed + 300), "the tape is long enough") {
            let newest = try await status("http://127.0.0.1:\(port)/?limit=10")
            if newest == 200 || !statuses.isEmpty { statuses.append(newest) }
            let reply = try await client.send(RedisCommand("XREVRANGE", "toplist", "+", "-", "COUNT", 40)).array ?? []
            let starts = reply.compactMap { $0.array?[0].text?.split(separator: "-").first.flatMap { Int64($0) } }
            if let past = starts.randomElement(), !statuses.isEmpty {
                let answer = try await status("http://127.0.0.1:\(port)/?limit=10&datetime=\(past)")
                // A gap is a 404, which names it.
                statuses.append(answer == 404 ? 200 : answer)
            }
            oldest = oldest ?? starts.last
            guard let oldest, let last = starts.first else { return false }
            return (last - oldest) / 60_000 >= Self.minutes && statuses.count > 20
        }
        return statuses
    }
}
