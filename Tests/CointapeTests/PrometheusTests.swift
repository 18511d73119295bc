import Foundation
import Redis
import Telemetry
import TestSupport
import Testing

/// The alerts and the dashboard, judged by Prometheus itself.
@Suite(.tags(.clock), .timeLimit(.minutes(6))) struct PrometheusTests {
    private static let folder = "\(Repository.path)/deploy"
    private static let alerts = "\(folder)/prometheus/alerts.yml"

    /// The expressions of the dashboard, with values for Grafana's variables.
    private static func dashboard() throws -> [String] {
        let json = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(filePath: "\(folder)/grafana/cointape.json")))
        let panels = try #require((json as? [String: Any])?["panels"] as? [[String: Any]])
        #expect(Set(panels.compactMap { $0["id"] as? Int }).count == panels.count)
        return panels.flatMap { $0["targets"] as? [[String: Any]] ?? [] }.compactMap { target in
            (target["expr"] as? String)?.replacing("$__rate_interval", with: "1m").replacing("$instance", with: ".*")
        }
    }

    @Test func `each alert fires and ends in what promtool plays, and the dashboard asks what Prometheus understands`()
        async throws
    {
        let folder = try TestFolder()
        let rules = try Self.dashboard().enumerated().map { index, expression in
            "      - {record: 'panel:\(index)', expr: '\(expression)'}"
        }
        #expect(rules.count > 15)
        try ("groups:\n  - name: dashboard\n    rules:\n" + rules.joined(separator: "\n") + "\n")
            .write(toFile: "\(folder.path)/dashboard.yml", atomically: true, encoding: .utf8)
        for command in [
            "check rules \(Self.alerts)", "check rules \(folder.path)/dashboard.yml",
            "test rules \(Self.folder)/prometheus/alerts_test.yml",
        ] {
            let printed = try await shell("promtool \(command) 2>&1; echo exit $?")
            #expect(printed.hasSuffix("exit 0\n") && printed.contains("SUCCESS"), "\(printed)")
        }
        // The test of rules names every alert.
        let test = try String(contentsOfFile: "\(Self.folder)/prometheus/alerts_test.yml", encoding: .utf8)
        let names = try String(contentsOfFile: Self.alerts, encoding: .utf8).matches(of: /alert: (\w+)/).map { $0.1 }
        #expect(names.count == 12 && names.allSatisfy { test.contains("alertname: \($0)\n") })
    }

    @Test func `alerts and dashboard name metrics that there are`() throws {
        let text = try String(contentsOfFile: Self.alerts, encoding: .utf8) + Self.dashboard().joined(separator: "\n")
        let known = Set(MetricName.all.map(\.name))
        let asked = Set(text.matches(of: /\b(cointape|process)_[a-z_]+/).map { String($0.output.0) })
        #expect(asked.count > 15)
        for name in asked { #expect(known.contains(name.replacing("_bucket", with: "")), "\(name)") }
    }

    /// A tape that runs sixty times as fast, with a Prometheus that watches it.
    private final class Watched: Sendable {
        let redis: TestRedis
        let sandbox: Cointape
        let port: Int
        private let folder: TestFolder
        private let environment: [String: String]
        private let metrics: [Int]
        private let prometheus: Child
        private let prometheusPort: Int

        init() async throws {
            redis = try await TestRedis()
            folder = try TestFolder()
            port = try FreePort.next()
            metrics = [try FreePort.next(), try FreePort.next()]
            let provider = try FreePort.next()
            let origin = Int64(Date().timeIntervalSince1970 * 1000)
            let clock = ["COINTAPE_CLOCK": "\(origin - 86_400_000 * 3)@\(origin)x60"]
            sandbox = try Cointape(["sandbox", "--port", "\(provider)", "--assets", "300"], environment: clock)
            try await sandbox.prints("export COINBASE_URL=")
            var environment = clock.merging(["REDIS_URL": redis.url, "PORT": "\(port)", "LOG_LEVEL": "critical"]) { $1 }
            for name in ["COINMARKETCAP", "CRYPTOCOMPARE", "COINBASE"] {
                environment["\(name)_URL"] = "http://127.0.0.1:\(provider)"
                environment["\(name)_API_KEY"] = "sandbox-key"
            }
            self.environment = environment
            prometheusPort = try FreePort.next()
            try """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [alerts.yml]
            scrape_configs:
              - job_name: cointape
                static_configs: [{targets: ["127.0.0.1:\(port)", "127.0.0.1:\(metrics[0])", "127.0.0.1:\(metrics[1])"]}]
            """.write(toFile: "\(folder.path)/prometheus.yml", atomically: true, encoding: .utf8)
            // Nobody waits for a quarter of an hour here; and Redis' clock, by which orders wait, is not sixty times as fast.
            try String(contentsOfFile: alerts, encoding: .utf8).replacing(/for: \w+/, with: "for: 0s")
                .replacing(/\[(15m|5m)\]/, with: "[10s]").replacing("lag_seconds > 60", with: "lag_seconds > 2")
                .write(toFile: "\(folder.path)/alerts.yml", atomically: true, encoding: .utf8)
            prometheus = try Child(
                [
                    "prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data", "--log.level=error",
                    "--web.listen-address=127.0.0.1:\(prometheusPort)",
                ], in: folder.path, output: "\(folder.path)/prometheus.txt")
        }

        deinit { prometheus.end(within: .seconds(20)) }

        func run(_ configs: [String], metrics place: Int? = nil) throws -> Cointape {
            let more = place.map { ["METRICS_PORT": "\(metrics[$0])"] } ?? [:]
            return try Cointape(
                ["run"] + configs.map { "config/\($0).json" }, environment: environment.merging(more) { $1 })
        }

        func openLedger() async throws {
            let opened = try await Cointape.run(
                ["orders", "open", "--kind", "real"], environment: environment)
            #expect(opened.code == 0, "\(opened.text)")
        }

        /// The names of the alerts that fire.
        func firing() async throws -> Set<String> {
            let text = try await shell("curl -sS http://127.0.0.1:\(prometheusPort)/api/v1/alerts 2>&1")
            let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let alerts = (json?["data"] as? [String: Any])?["alerts"] as? [[String: Any]]
            guard let alerts else { throw NotInTimeNow(what: "Prometheus answers: \(text)") }
            return Set(
                alerts.filter { $0["state"] as? String == "firing" }.compactMap {
                    ($0["labels"] as? [String: String])?["alertname"]
                })
        }

        /// Whether the targets answer.
        func areUp() async throws -> Bool {
            let text = try await shell("curl -sS 'http://127.0.0.1:\(prometheusPort)/api/v1/query?query=sum(up)' 2>&1")
            return text.contains(#","3"]"#)
        }

        func order(_ amount: String, _ key: String) async throws -> String {
            try await shell(
                "curl -sS -X PUT localhost:\(port)/buy_order -H 'Content-Type: application/json' -d "
                    + #"'{"currency":"USD","amount":"\#(amount)","idempotence_key":"\#(key)"}'"#)
        }
    }

    private func fires(_ names: Set<String>, _ watched: Watched) async throws {
        var seen: Set<String> = []
        try await eventually(within: .seconds(60), "\(names) fire; seen: \(seen)") {
            seen = try await watched.firing()
            return seen.isSuperset(of: names)
        }
    }

    private func ends(_ names: Set<String>, _ watched: Watched) async throws {
        var seen: Set<String> = []
        try await eventually(within: .seconds(60), "\(names) end; firing: \(seen)") {
            seen = try await watched.firing()
            return seen.isDisjoint(with: names)
        }
    }

    @Test func `a real Prometheus sees alerts begin and end with real faults`() async throws {
        let watched = try await Watched()
        let feeds = try watched.run(["price", "rank", "btc_rate", "toplist"], metrics: 0)
        var projector = try watched.run(["ledger"], metrics: 1)
        let api = try watched.run(["api"])
        try await watched.openLedger()
        try await eventually(within: .seconds(90), "all are watched") { try await watched.areUp() }
        let faults: Set<String> = [
            "CointapeListStale", "CointapeFeedStale", "CointapeGaps", "CointapeRedisDown", "CointapeWorkerDown",
            "CointapeOrdersRefused", "CointapeReadModelBehind",
        ]
        try await ends(faults, watched)

        // The providers are silent: no rows, no young rates.
        watched.sandbox.signal(SIGSTOP)
        try await fires(["CointapeListStale", "CointapeFeedStale", "CointapeGaps"], watched)
        let refused = try await watched.order("1", "a")
        #expect(refused.contains("rate-stale"), "\(refused)")
        try await fires(["CointapeOrdersRefused"], watched)
        watched.sandbox.signal(SIGCONT)
        try await ends(faults, watched)

        // Nobody projects.
        projector.signal(SIGSTOP)
        try await eventually("an order is taken") { try await watched.order("2", "b").contains("btc_amount") }
        try await fires(["CointapeReadModelBehind"], watched)
        projector.signal(SIGCONT)
        try await ends(["CointapeReadModelBehind"], watched)

        projector.signal(SIGKILL)
        try await fires(["CointapeWorkerDown"], watched)
        projector = try watched.run(["ledger"], metrics: 1)
        try await ends(["CointapeWorkerDown"], watched)

        watched.redis.signal(SIGSTOP)
        try await fires(["CointapeRedisDown"], watched)
        watched.redis.signal(SIGCONT)
        try await ends(faults, watched)

        #expect(try await !watched.firing().contains("CointapeNearlySoldOut"))
        try await eventually("a large order is taken") {
            try await watched.order("9500000", "c").contains("btc_amount")
        }
        try await fires(["CointapeNearlySoldOut"], watched)
        for process in [feeds, projector, api] { process.signal(SIGTERM) }
        for process in [feeds, projector, api] { #expect(try await process.exit() == 0) }
    }
}
