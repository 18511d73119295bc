import Basics
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import Sandbox

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite(.timeLimit(.minutes(5)))
struct SandboxServerTests {
    private let settings = SandboxSettings(assets: 500, ranked: 300, rates: 200)

    /// Runs a sandbox on a free port for as long as the body takes, and ends it as a service is ended.
    private func withSandbox(_ body: @Sendable (String) async throws -> Void) async throws {
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let server = SandboxServer(
            settings: settings, port: 0, now: { Timestamp(milliseconds: 1_795_251_690_000) },
            logger: Logger(label: "sandbox", factory: { _ in SwiftLogNoOpLogHandler() }),
            onListening: { listening.yield($0) })
        let group = ServiceGroup(services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await ports.first { _ in true })
            let result = await Result { try await body("http://127.0.0.1:\(port)") }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try result.get()
        }
    }

    private func get(_ url: String, _ headers: [String: String] = [:]) async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: try #require(URL(string: url)), timeoutInterval: 20)
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let http = try #require(response as? HTTPURLResponse)
        #expect(http.value(forHTTPHeaderField: "Content-Type")?.hasPrefix("application/json") == true)
        return (http.statusCode, data)
    }

    private static let listings = "/v1/cryptocurrency/listings/latest?limit=10&convert=USD"
    private static let toplist = "/asset/v1/top/list?sort_by=SPOT_MOVING_24_HOUR_QUOTE_VOLUME_USD&page_size=10"
    private static let rates = "/v2/exchange-rates?currency=BTC"

    @Test func `the three providers answer on one port`() async throws {
        try await withSandbox { url in
            let expected: [(path: String, headers: [String: String], status: Int)] = [
                (Self.listings, ["X-CMC_PRO_API_KEY": "sandbox-key"], 200),
                (Self.listings, [:], 401),
                (Self.toplist, ["Authorization": "Apikey sandbox-key"], 200),
                (Self.toplist + "&api_key=sandbox%2Dkey", [:], 200),
                (Self.rates, [:], 200),
                ("/v2/prices", [:], 404),
            ]
            for call in expected {
                let answer = try await get(url + call.path, call.headers)
                #expect(answer.status == call.status, "\(call.path)")
            }
        }
    }

    @Test func `a request may ask for a past minute`() async throws {
        try await withSandbox { url in
            let now = try await get(url + Self.rates)
            let asked = try await get(url + Self.rates, ["X-Sandbox-Minute": "2026-11-21T09:01Z"])
            let past = try await get(url + Self.rates, ["X-Sandbox-Minute": "2026-11-20T09:01Z"])
            #expect(now.body == asked.body)
            #expect(past.status == 200 && past.body != now.body)
            let refused = try await get(url + Self.rates, ["X-Sandbox-Minute": "yesterday"])
            #expect(refused.status == 400)
        }
    }

    @Test func `a request may ask for the top of the market alone, which is a market by itself`() async throws {
        try await withSandbox { url in
            let top = ["X-Sandbox-Top": "100", "X-CMC_PRO_API_KEY": "sandbox-key"]
            func page(_ number: Int) async throws -> String {
                String(
                    decoding: try await get(url + Self.toplist + "&api_key=sandbox-key&page=\(number)", top).body,
                    as: UTF8.self)
            }
            #expect(try await page(1).contains(#""TOTAL_ASSETS":100"#))
            #expect(try await !page(10).contains(#""LIST":[]"#))
            #expect(try await page(11).contains(#""LIST":[]"#))
            let coins = try await get(url + Self.listings + "&limit=5000", top)
            let count = try #require(
                String(decoding: coins.body, as: UTF8.self).firstMatch(of: /"total_count":(\d+)/)
            ).1
            #expect((50...100).contains(Int(count) ?? 0), "\(count)")
            for wrong in ["0", "-1", "x", ""] {
                #expect(try await get(url + Self.rates, ["X-Sandbox-Top": wrong]).status == 400, "\(wrong)")
            }
        }
    }

    @Test func `requests are counted by provider and minute`() async throws {
        try await withSandbox { url in
            for _ in 0..<3 { _ = try await get(url + Self.rates) }
            _ = try await get(url + Self.listings)
            _ = try await get(url + Self.rates, ["X-Sandbox-Minute": "2026-11-20T09:01Z"])
            let counts = String(decoding: try await get(url + "/sandbox/requests").body, as: UTF8.self)
            #expect(
                counts == #"[{"provider":"coinbase","minute":"2026-11-21T09:01Z","requests":3},"#
                    + #"{"provider":"coinmarketcap","minute":"2026-11-21T09:01Z","requests":1},"#
                    + #"{"provider":"coinbase","minute":"2026-11-20T09:01Z","requests":1}]"#)
        }
    }

    @Test func `the environment names every variable`() {
        let environment = SandboxServer.environment(port: 8080, key: "k")
        #expect(environment["COINBASE_URL"] == "http://127.0.0.1:8080")
        #expect(environment["COINMARKETCAP_API_KEY"] == "k")
        #expect(environment.count == 11)
    }

    @Test func `the counts are bounded`() throws {
        let counts = RequestCounts(capacity: 2)
        let minute = try #require(Minute("2026-11-21T09:01Z"))
        for offset in [0, 1, 2, 2] { _ = counts.add(.coinbase, minute.advanced(byMinutes: offset)) }
        #expect(
            String(decoding: counts.json, as: UTF8.self)
                == #"[{"provider":"coinbase","minute":"2026-11-21T09:02Z","requests":1},"#
                + #"{"provider":"coinbase","minute":"2026-11-21T09:03Z","requests":2}]"#)
    }

    @Test func `a minute is made once however many ask for it`() async throws {
        let minutes = MarketMinutes(Market(settings), capacity: 2)
        let minute = try #require(Minute("2026-11-21T09:01Z"))
        let made = await withTaskGroup(of: MarketMinute.self) { tasks in
            for _ in 0..<8 { tasks.addTask { await minutes.market(at: minute) } }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        let addresses = Set(made.map { $0.prices.withUnsafeBufferPointer { $0.baseAddress } })
        #expect(addresses.count == 1)
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
