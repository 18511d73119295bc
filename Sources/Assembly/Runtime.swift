import Basics
import CurlHTTP
import Fetching
import JQ
import Logging
import Merging
import NIOPosix
import Redis
import ServiceLifecycle
import Serving
import Tape

/// What the workers of one process share: threads, clients, the clock; and how workers are made of configs.
final class Runtime: Sendable {
    let clock: TapeClock
    let redactor: Redactor
    private let http = HTTPClient()
    private let jq = JQPool()

    init(clock: TapeClock, redactor: Redactor) {
        self.clock = clock
        self.redactor = redactor
    }

    /// Ends the threads.
    func shutdown() {
        http.shutdown()
        jq.shutdown()
    }

    func logger(_ settings: WorkerSettings) -> Logger {
        Logger(worker: settings.name, settings: settings.logging, redactor: redactor)
    }

    func redis(_ settings: WorkerSettings) -> RedisClient {
        RedisClient(
            settings.redis.endpoint, name: "cointape-\(settings.name)", group: MultiThreadedEventLoopGroup.singleton,
            logger: logger(settings))
    }

    func fetcher(_ config: FetchConfig) -> Fetcher {
        Fetcher(config, http: http, jq: jq, clock: clock, redactor: redactor, logger: logger(config.worker))
    }

    /// `source` replaces the config's name in what is published.
    func fetchWorker(_ config: FetchConfig, source: String? = nil) -> FetchWorker {
        let settings = config.worker
        let settler = Settler(
            stream: config.stream, source: source ?? settings.name, retain: config.retain, keys: settings.redis.keys,
            identity: WorkerIdentity(name: settings.name, kind: "fetch"), redis: redis(settings), clock: clock,
            logger: logger(settings))
        return FetchWorker(
            name: settings.name, schedule: config.schedule, fetcher: fetcher(config), settler: settler, clock: clock,
            logger: logger(settings))
    }

    func mergeWorker(_ config: MergeConfig) -> MergeWorker {
        MergeWorker(
            config, identity: WorkerIdentity(name: config.worker.name, kind: "merge"), redis: redis(config.worker),
            clock: clock, logger: logger(config.worker))
    }

    func apiWorker(
        _ config: APIConfig, onListening: @escaping @Sendable (APIConfig.Address) async -> Void = { _ in }
    ) -> APIWorker {
        APIWorker(
            config, redis: redis(config.worker), clock: clock, logger: logger(config.worker), onListening: onListening)
    }

    func worker(_ config: WorkerConfig, source: String? = nil) -> any Service {
        switch config {
        case .fetch(let config): fetchWorker(config, source: source)
        case .merge(let config): mergeWorker(config)
        case .api(let config): apiWorker(config)
        }
    }

    func heartbeat(_ config: WorkerConfig) -> any Service {
        let settings = config.settings
        let beat = Heartbeat(
            identity: WorkerIdentity(name: settings.name, kind: config.kind), keys: settings.redis.keys,
            redis: redis(settings), clock: clock)
        return HeartbeatService(heartbeat: beat)
    }
}

private struct HeartbeatService: Service {
    let heartbeat: Heartbeat

    func run() async throws {
        await cancelWhenGracefulShutdown { await heartbeat.run() }
    }
}

extension Runtime {
    /// Reads the stream of lists that a merge worker writes; nil for other workers.
    func listReader(_ config: WorkerConfig) -> StreamReader? {
        guard case .merge(let merge) = config else { return nil }
        let settings = merge.worker
        return StreamReader(key: settings.redis.keys.stream(merge.stream), redis: redis(settings), clock: clock)
    }
}
