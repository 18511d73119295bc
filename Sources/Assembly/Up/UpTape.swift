import Basics
import Config
import Fetching
import HTTPServer
import Logging
import Logs
import Merging
import Redis
import Sandbox
import ServiceLifecycle
import Serving
import Synchronization
import Tape

/// The workers of `up`, in the order in which they can start: all at once, but that mergers and the feeds that they join
/// wait for the fill of the past.
struct UpTape: Service {
    let paths: [String]
    let mode: UpMode
    let environment: Environment
    let clock: TapeClock
    /// Yields the sandbox's port when it listens; ends at once when there is none.
    let sandboxPorts: AsyncStream<Int>
    let redisOptions: String
    /// What makes a command find the same Redis, if its environment does not.
    let variables: String
    /// The Redis whose data folder `up` has just made, if it has.
    let newRedis: RedisEndpoint?
    let print: @Sendable (String) -> Void
    let logs: LogOutputs
    let logger: Logger

    func run() async throws {
        let configs = try await configs()
        if mode == .real { configs.costWarnings(in: environment.variables).forEach(print) }
        let metrics = Metrics.bootstrap()
        let runtime = Runtime(clock: clock, redactor: configs.redactor, logs: logs, metrics: metrics.registry)
        defer { runtime.shutdown() }
        var feeds = Feeds()
        var joinedFeeds = Feeds()
        let sources = configs.joinedStreams
        var mergers: [MergeWorker] = []
        var apis: [any Service] = []
        var projectors: [any Service] = []
        let listening = ListeningPort()
        let ledger = UpLedger(
            configs, mode: mode, newRedis: newRedis, variables: variables, clock: clock)
        await ledger.open()
        var signsOfLife: [any Service] = []
        for file in configs.files {
            let identity = runtime.identity(file.config)
            signsOfLife.append(runtime.heartbeat(file.config, identity))
            signsOfLife += runtime.serverLook(file.config) + runtime.freshness(file.config)
            switch file.config {
            case .fetch(let config):
                let worker = runtime.fetchWorker(config, identity, source: source(config))
                let isPlayed = source(config) != nil
                // What nothing joins, such as rates, needs no past.
                if sources.contains(config.stream) {
                    joinedFeeds.add(worker, isPlayed: isPlayed)
                } else {
                    feeds.add(worker, isPlayed: isPlayed)
                }
            case .merge(let config): mergers.append(runtime.mergeWorker(config, identity))
            case .project(let config): projectors.append(runtime.projectWorker(config))
            case .api(let config):
                apis.append(
                    runtime.apiWorker(
                        config, onDemand: file.onDemand, source: source, isSandbox: mode == .sandbox
                    ) { listening.set($0.port) })
            }
        }
        let workers = [
            UpWorkers(
                backfill: Backfill(fetchers: feeds.played, mergers: [], clock: clock), workers: feeds.all,
                logger: logger),
            UpWorkers(
                backfill: Backfill(fetchers: joinedFeeds.played, mergers: mergers, clock: clock),
                workers: joinedFeeds.all + mergers.map { $0 as any Service }, logger: logger),
        ]
        let announcer = Announcer(
            lists: configs.files.compactMap { runtime.listReader($0.config) },
            rates: configs.files.compactMap { runtime.rateReader($0.config) }, listening: listening, mode: mode,
            redisOptions: redisOptions, ledger: ledger, clock: clock, print: print)
        let services =
            metrics.servers(configs.files, logger: runtime.logger) + apis + projectors
            + signsOfLife + [announcer] + workers.map { $0 as any Service }
        try await ServiceGroup(
            configuration: .init(services: services, logger: Launcher.quietLogger(logger))
        ).run()
    }

    /// `sandbox` where the sandbox answers the feed: one of the user's own has another URL and stays what it is.
    private func source(_ config: FetchConfig) -> String? {
        let redirected = Set(SandboxServer.environment(port: 0, key: "").keys)
        let isPlayed = mode == .sandbox && !redirected.isDisjoint(with: config.urlVariables)
        return isPlayed ? "sandbox" : nil
    }

    /// The configs, with the sandbox in the providers' place where it plays them.
    private func configs() async throws -> ConfigFiles {
        var environment = environment
        for await port in sandboxPorts {
            let key = SandboxSettings().key
            environment = environment.adding(SandboxServer.environment(port: port, key: key))
            break
        }
        return try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: mode == .real)
    }
}

/// Fetch workers, and those that the sandbox plays for.
private struct Feeds {
    private(set) var all: [any Service] = []
    private(set) var played: [FetchWorker] = []

    mutating func add(_ worker: FetchWorker, isPlayed: Bool) {
        all.append(worker)
        if isPlayed { played.append(worker) }
    }
}

/// Feeds, and mergers that join them, behind their first minutes.
private struct UpWorkers: Service {
    let backfill: Backfill
    let workers: [any Service]
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await backfill.run() }
        } catch {
            guard !Task.isShuttingDownGracefully else { return }
            // The past is a courtesy; the present works without it.
            logger.warning(.backfillFailed, metadata: [LogKey.error: "\(error)"])
        }
        // Ending early would end the whole group.
        guard !workers.isEmpty else { return try await gracefulShutdown() }
        guard !Task.isShuttingDownGracefully else { return }
        try await ServiceGroup(configuration: .init(services: workers, logger: Launcher.quietLogger(logger))).run()
    }
}

/// The port that the api really listens on.
private final class ListeningPort: Sendable {
    private let port = Mutex<Int?>(nil)

    var current: Int? { port.withLock(\.self) }

    func set(_ number: Int) {
        port.withLock { $0 = $0 ?? number }
    }
}

/// Prints the lines to try as soon as they will work.
private struct Announcer: Service {
    let lists: [StreamReader]
    /// By which orders are priced, and how old the newest may be.
    let rates: [(reader: StreamReader, maxAge: Duration)]
    let listening: ListeningPort
    let mode: UpMode
    let redisOptions: String
    let ledger: UpLedger
    let clock: TapeClock
    let print: @Sendable (String) -> Void

    func run() async throws {
        // The lists that fill the past are no whole ones.
        let first = mode == .sandbox ? Minute(containing: clock.now) : nil
        try? await cancelWhenGracefulShutdown {
            while await !isReady(from: first) { try await Task.sleep(for: .milliseconds(100)) }
            print(
                Banner(
                    mode: mode, apiPort: listening.current ?? 0, redisOptions: redisOptions, hasPast: await hasPast()
                ).text)
            try await ledger.hints().forEach(print)
        }
        // Ending early would end the whole group.
        try? await gracefulShutdown()
    }

    /// The api listens, the newest list is hardly older than its time, and orders have a price.
    private func isReady(from first: Minute?) async -> Bool {
        guard listening.current != nil else { return false }
        for reader in lists {
            guard let newest = try? await reader.newestID(), first.map({ newest.minute >= $0 }) ?? true else {
                return false
            }
        }
        for (reader, maxAge) in lists.map({ ($0, .seconds(120)) }) + rates {
            guard let newest = try? await reader.newestID(), clock.now - newest.minute.start < maxAge else {
                return false
            }
        }
        return true
    }

    /// Whether there are the lists of two minutes ago.
    private func hasPast() async -> Bool {
        let minute = Minute(containing: clock.now).advanced(byMinutes: -2)
        for reader in lists {
            guard let entry = try? await reader.entry(at: minute), entry.gap == nil else { return false }
        }
        return true
    }
}
