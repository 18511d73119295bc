import Basics
import Foundation
import Logging
import Redis
import Sandbox
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing
import Workers

@testable import Assembly
@testable import Fetching
@testable import Tape

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A shipped feed on a Redis of its own, asking a sandbox whose faults the test chooses; four times as fast as life.
///
/// `end` must be called: the sandbox runs until then.
final class Feed: Sendable {
    let redis: TestRedis
    let client: RedisClient
    let clock: TapeClock
    let url: String
    private let worker: FetchWorker
    private let process: WorkerProcess
    private let sandbox: ServiceGroup
    private let running: Task<Void, any Error>
    private let next: Mutex<Minute>

    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// `name` is a file of `config/`; `changes` are made to its text.
    init(_ name: String, assets: Int = 450, ranked: Int = 350, changes: [(String, String)] = []) async throws {
        redis = try await TestRedis()
        client = redis.client()
        let start = Timestamp.machineTime - .seconds(3 * 3600)
        let scale = try #require(ClockScale("\(start.milliseconds)x4", now: Timestamp.machineTime))
        let clock = TapeClock(scale: scale)
        self.clock = clock
        // In the past, so that a test may go ahead without waiting.
        next = Mutex(Minute(containing: clock.now).advanced(byMinutes: -30))
        let (ports, listening) = AsyncStream<Int>.makeStream()
        let server = SandboxServer(
            settings: SandboxSettings(assets: assets, ranked: ranked, rates: 40), port: 0, now: { clock.now },
            logger: Self.quiet, onListening: { listening.yield($0) })
        let group = ServiceGroup(services: [server], logger: Self.quiet)
        sandbox = group
        running = Task { try await group.run() }
        let port = try #require(await ports.first { _ in true })
        url = "http://127.0.0.1:\(port)"
        let file = try Self.config(name, changes, in: redis.folder)
        var environment = SandboxServer.environment(port: port, key: "sandbox-key")
        environment["REDIS_URL"] = redis.url
        environment["LOG_LEVEL"] = "critical"
        let configs = try ConfigFiles.load([file], environment: environment, requiringNeeds: true)
        guard let config = configs.files.first?.config as? FetchConfig else { throw NotAFeed() }
        process = WorkerProcess(clock: clock, redactor: configs.redactor, program: Program.path)
        worker = config.fetchWorker(in: process, as: WorkerIdentity(name: name, kind: "fetch"))
    }

    func end() async {
        await sandbox.triggerGracefulShutdown()
        _ = try? await running.value
        process.shutdown()
    }

    struct NotAFeed: Error {}

    private static func config(_ name: String, _ changes: [(String, String)], in folder: String) throws -> String {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var text = try String(contentsOf: repository.appendingPathComponent("config/\(name).json"), encoding: .utf8)
        for (old, new) in changes {
            try #require(text.contains(old))
            text = text.replacing(old, with: new)
        }
        let file = "\(folder)/\(name).json"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    /// What became of a minute.
    struct Settled {
        let entry: TapeEntry
        /// How often the provider was asked.
        let calls: Int

        var gap: Gap? { entry.gap }
        var count: Int? { entry.text("count").flatMap { Int($0) } }
        var mark: String? { entry.text("mark") }

        /// The rows, parsed.
        func rows() throws -> [[String: Any]] {
            try #require(try JSONSerialization.jsonObject(with: Data(entry.rows ?? [])) as? [[String: Any]])
        }
    }

    /// Settles the next minute while the faults are on, such as `cut-gzip=1`.
    func settle(_ faults: String = "", skipping minutes: Int = 0) async throws -> Settled {
        var request = URLRequest(url: try #require(URL(string: "\(url)/sandbox/faults?\(faults)")))
        request.httpMethod = "PUT"
        let (_, response) = try await URLSession.shared.data(for: request)
        try #require((response as? HTTPURLResponse)?.statusCode == 200)
        let minute = next.withLock { next in
            let minute = next.advanced(byMinutes: minutes)
            next = minute.advanced(byMinutes: 1)
            return minute
        }
        try await worker.fill(minute, headers: [("X-Sandbox-Minute", "\(minute)")])
        let entry = try #require(try await worker.entry(at: minute))
        return Settled(entry: entry, calls: try await calls(minute))
    }

    private func calls(_ minute: Minute) async throws -> Int {
        let (data, _) = try await URLSession.shared.data(from: try #require(URL(string: "\(url)/sandbox/requests")))
        let rows = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        return rows.filter { $0["minute"] as? String == "\(minute)" }.compactMap { $0["requests"] as? Int }
            .reduce(0, +)
    }

    /// Why the provider is left alone, and for how many seconds of the tape.
    func pause(_ stream: String) async throws -> (reason: String, seconds: Int)? {
        let value = try await client.send(RedisCommand("GET", "pause:\(stream)")).text
        guard let value, let space = value.firstIndex(of: " ") else { return nil }
        let until = try #require(Timestamp(rfc3339: value[..<space]))
        return (String(value[value.index(after: space)...]), Int((until - clock.now) / .seconds(1)))
    }
}

/// Runs the test on the feed and ends it, however the test goes.
func withFeed(
    _ name: String, assets: Int = 450, ranked: Int = 350, changes: [(String, String)] = [],
    _ body: (Feed) async throws -> Void
) async throws {
    let feed = try await Feed(name, assets: assets, ranked: ranked, changes: changes)
    do {
        try await body(feed)
    } catch {
        await feed.end()
        throw error
    }
    await feed.end()
}
