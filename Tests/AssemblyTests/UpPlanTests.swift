import Config
import Foundation
import Sandbox
import Tape
import Testing
import Workers

@testable import Assembly

/// What `up` is going to do, without doing any of it.
@Suite struct UpPlanTests {
    private static let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("config").path
    private static let keys = ["COINMARKETCAP_API_KEY": "canary-a", "CRYPTOCOMPARE_API_KEY": "canary-b"]

    /// The port that the plan gets when it asks for one.
    private static let freePort = 7777

    private func plan(
        _ environment: [String: String] = [:], configs: String = configs, sandbox: Bool = false, faults: [String] = []
    ) throws -> UpPlan {
        let options = UpCommand.Options(
            data: "/nonexistent/data", port: 6667, sandbox: sandbox, faults: faults, guardianCommand: [])
        return try UpPlan(options, environment: Environment(environment.merging(["CONFIG_DIR": configs]) { $1 })) {
            Self.freePort
        }
    }

    private func starts(_ plan: UpPlan) -> [String] {
        plan.workers.map { "\($0.file.config.worker.name) \($0.start)" }
    }

    /// A folder with the shipped configs, each changed by the body.
    private func folder(_ change: (_ name: String, _ text: String) -> String) throws -> String {
        let folder = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.configs) where name.hasSuffix(".json") {
            let text = try String(contentsOfFile: "\(Self.configs)/\(name)", encoding: .utf8)
            try change(name, text).write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        return folder
    }

    private func failure(_ body: () throws -> Void) -> String {
        do {
            try body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func `without keys a sandbox plays the providers, on a Redis in a folder of its own`() throws {
        let plan = try plan()
        #expect(plan.mode == .sandbox && plan.sandboxPort == Self.freePort)
        #expect(plan.redis == .own(folder: "/nonexistent/data/sandbox", port: 6668))
        #expect(!FileManager.default.fileExists(atPath: "/nonexistent"))
        #expect(plan.redisOptions == " -p 6668")
        #expect(
            plan.variables
                == "REDIS_URL=redis://127.0.0.1:6668 WITNESS_DIR=/nonexistent/data/sandbox/witness "
                + "ARCHIVE_DIR=/nonexistent/data/sandbox/archive ")
        // Every worker has been read with the Redis, the ports and the folders that there will be.
        #expect(plan.configs.files.allSatisfy { "\($0.config.worker.redis.endpoint)" == "127.0.0.1:6668" })
        #expect(plan.environment["PORT"] == "6667")
        #expect(plan.environment["COINBASE_URL"] == "http://127.0.0.1:\(Self.freePort)")
        #expect(plan.sandboxVariables == Set(SandboxServer.environment(port: 1, key: "").keys))
    }

    @Test func `what serves starts at once, feeds when they have their present minute, lists when the past is filled`()
        throws
    {
        #expect(
            starts(try plan()) == [
                "api atOnce", "ledger atOnce", "btc_rate afterPresent", "price afterBackfill", "rank afterBackfill",
                "archive afterBackfill", "toplist afterBackfill",
            ])
    }

    @Test func `with all keys the providers are real, and nobody waits for a past`() throws {
        let plan = try plan(Self.keys)
        #expect(plan.mode == .real && plan.sandboxPort == nil && plan.sandboxVariables.isEmpty)
        #expect(plan.redis == .own(folder: "/nonexistent/data", port: 6668))
        #expect(plan.environment["COINBASE_URL"] == nil)
        #expect(
            starts(plan) == ["api", "ledger", "btc_rate", "price", "rank", "archive", "toplist"].map { "\($0) atOnce" })
        // A server that is named needs no key; --sandbox is stronger than keys.
        let urls = ["COINMARKETCAP_URL": "http://127.0.0.1:1", "CRYPTOCOMPARE_URL": "http://127.0.0.1:1"]
        #expect(try self.plan(urls).mode == .real)
        #expect(try self.plan(Self.keys, sandbox: true).mode == .sandbox)
        #expect(try self.plan(Self.keys, sandbox: true).environment["COINMARKETCAP_API_KEY"] == SandboxSettings().key)
    }

    @Test func `a Redis that is named is taken, and what is remembered stays where the user has it`() throws {
        let named = try plan(["REDIS_URL": "redis://127.0.0.1:7000"])
        #expect(named.redis == .named && named.redisOptions == " -u $REDIS_URL")
        #expect(named.variables == "ARCHIVE_DIR=/nonexistent/data/sandbox/archive ")
        #expect(named.configs.files.allSatisfy { "\($0.config.worker.redis.endpoint)" == "127.0.0.1:7000" })
        #expect(named.environment["WITNESS_DIR"] == nil)
        let witness = try plan(["WITNESS_DIR": "/elsewhere", "ARCHIVE_DIR": "/archive"])
        #expect(witness.environment["WITNESS_DIR"] == "/elsewhere" && witness.environment["ARCHIVE_DIR"] == "/archive")
        #expect(witness.variables == "REDIS_URL=redis://127.0.0.1:6668 ")
    }

    @Test func `half of the keys is a mistake, and mistakes in configs are told before it`() throws {
        let half = ["CRYPTOCOMPARE_API_KEY": "canary"]
        #expect(
            failure { _ = try plan(half) }
                == "rank would be real, but COINMARKETCAP_API_KEY is not set: set it too, or use --sandbox")
        let broken = try folder { $0 == "toplist.json" ? $1.replacing("58s", with: "58") : $1 }
        defer { try? FileManager.default.removeItem(atPath: broken) }
        for environment in [half, Self.keys, [:]] {
            let text = failure { _ = try plan(environment, configs: broken) }
            #expect(text.contains("toplist.json:") && text.contains("grace") && !text.contains("canary"), "\(text)")
        }
    }

    @Test func `faults are for the sandbox alone`() {
        #expect(
            failure { _ = try plan(Self.keys, faults: ["cut-gzip=0.3"]) }
                == "--fault is for the sandbox; real providers have their own")
        #expect(failure { _ = try plan(faults: ["cut-gzip=0.3"]) }.isEmpty)
        #expect(failure { _ = try plan(faults: ["nonsense=1"]) }.contains("nonsense"))
    }

    @Test func `a folder without configs says what to do`() {
        #expect(failure { _ = try plan(configs: "/nonexistent") }.contains("there are no config files (*.json) here"))
    }

    @Test func `an api that makes lists on demand has what its config names, read once`() throws {
        let folder = try folder {
            $0 == "api.json"
                ? $1.replacing(
                    #""list": {"#,
                    with: #""on_demand": {"fetch": ["price.json", "rank.json"], "merge": "toplist.json"}, "list": {"#)
                : $1
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let api = try #require(try plan(configs: folder).configs.files.first { $0.path.hasSuffix("api.json") })
        #expect(api.named.map(\.config.worker.name) == ["price", "rank", "toplist"])
    }
}
