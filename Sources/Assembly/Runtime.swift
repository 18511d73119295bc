import Basics
import CurlHTTP
import Fetching
import HTTPServer
import JQ
import Logging
import Logs
import Merging
import NIOPosix
import Orders
import Projecting
import Redis
import ServiceLifecycle
import Serving
import Synchronization
import Tape
import Telemetry

/// What the workers of one process share: threads, clients, the clock; and how workers are made of configs.
final class Runtime: Sendable {
    let clock: TapeClock
    let redactor: Redactor
    let logs: LogOutputs
    let metrics: MetricsRegistry
    private let outages = Mutex<[String: RedisOutage]>([:])
    private let looked = Mutex<Set<String>>([])
    private let http = HTTPClient()
    private let filters: JQCommand
    private let pools = Mutex<[JQPool]>([])

    init(
        clock: TapeClock, redactor: Redactor, logs: LogOutputs = LogOutputs(),
        metrics: MetricsRegistry = MetricsRegistry(), filters: JQCommand = .ofThisProgram
    ) {
        self.filters = filters
        self.metrics = metrics
        self.clock = clock
        self.redactor = redactor
        self.logs = logs
    }

    /// Ends the threads, and the processes of filters.
    func shutdown() {
        http.shutdown()
        for pool in pools.withLock(\.self) { pool.shutdown() }
    }

    func logger(_ settings: WorkerSettings) -> Logger {
        logs.logger(settings.name, settings.logging, redactor: redactor)
    }

    /// A client of the worker's own Redis, or of another endpoint.
    func redis(
        _ settings: WorkerSettings, at endpoint: RedisEndpoint? = nil, timeout: Duration = .seconds(5)
    ) -> RedisClient {
        let endpoint = endpoint ?? settings.redis.endpoint
        return RedisClient(
            endpoint, name: "cointape-\(settings.name)", timeout: timeout,
            group: MultiThreadedEventLoopGroup.singleton, outage: outage(settings, endpoint))
    }

    /// One for all of a worker's clients of a Redis, so that it tells once that it is away.
    private func outage(_ settings: WorkerSettings, _ endpoint: RedisEndpoint) -> RedisOutage {
        outages.withLock { outages in
            let key = "\(settings.name) \(endpoint.identity)"
            if let outage = outages[key] { return outage }
            let outage = RedisOutage(logger: logger(settings))
            outages[key] = outage
            let labels = [("worker", settings.name), ("redis", "\(endpoint)")]
            metrics.sample(.redisUp, labels) { outage.isOver ? 1 : 0 }
            metrics.sample(.redisReconnects, labels) { Double(outage.reconnects) }
            return outage
        }
    }

    /// Without a memory every list is taken as it comes.
    func fetcher(_ config: FetchConfig, memory: Fetcher.Memory? = nil) -> Fetcher {
        // Each feed has processes of its own: one whose filters run away waits for nobody but itself.
        let jq = JQPool(filters, bounds: config.filterBounds)
        pools.withLock { $0.append(jq) }
        return Fetcher(
            config, memory: memory, http: http, jq: jq, clock: clock, redactor: redactor, logger: logger(config.worker))
    }

    /// `source` replaces the config's name in what is published.
    func fetchWorker(_ config: FetchConfig, _ identity: WorkerIdentity, source: String? = nil) -> FetchWorker {
        let settings = config.worker
        tellProxy(config)
        let redis = redis(settings)
        let keys = settings.redis.keys
        let settler = Settler(
            stream: config.stream, source: source ?? settings.name, retain: config.retain, keys: keys,
            identity: identity, redis: redis, clock: clock, logger: logger(settings))
        let pause = Pause(key: keys.pause(config.stream), redis: redis, clock: clock)
        return FetchWorker(
            name: settings.name, schedule: config.schedule,
            fetcher: fetcher(config, memory: Fetcher.Memory(reader: settler.reader, pause: pause)), settler: settler,
            clock: clock, logger: logger(settings))
    }

    /// Through which proxy the feed's provider is asked, where a variable names one at all.
    private func tellProxy(_ config: FetchConfig) {
        let (proxy, detail): (String, String)
        switch http.proxies.way(to: config.request.url) {
        case .direct: return
        case .around(let reason): (proxy, detail) = ("none", reason)
        case .through(let url, let variable): (proxy, detail) = (ProxySettings.masked(url), variable)
        }
        logger(config.worker).info(
            .feedProxy,
            metadata: [
                LogKey.host: "\(HTTPRequest.host(of: config.request.url) ?? "")", LogKey.proxy: "\(proxy)",
                LogKey.detail: "\(detail)",
            ])
    }

    func mergeWorker(_ config: MergeConfig, _ identity: WorkerIdentity) -> MergeWorker {
        MergeWorker(
            config, identity: identity, redis: redis(config.worker), clock: clock, logger: logger(config.worker))
    }

    func projectWorker(_ config: ProjectConfig) -> ProjectWorker {
        ProjectWorker(
            config, ledger: redis(config.worker, at: config.orders.ledger),
            readModel: redis(config.worker, at: config.orders.readModel), clock: clock, logger: logger(config.worker))
    }

    /// `source` is that of the feeds which are fetched on demand, by default their own names.
    func apiWorker(
        _ config: APIConfig, onDemand: OnDemandConfigs?, source: (FetchConfig) -> String? = { _ in nil },
        isSandbox: Bool = false,
        onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in }
    ) -> APIWorker {
        var refresh: (@Sendable () async throws -> Void)?
        var refreshNeeds: (@Sendable (Minute) -> [RedisNeed])?
        if let onDemand {
            refreshNeeds = { onDemand.redisNeeds(at: $0) }
            let refresher = refresher(onDemand, name: config.worker.name, source: source)
            refresh = { try await refresher.refresh() }
        }
        // A client of ours waits: better an early 503 than a late one.
        return APIWorker(
            config, redis: redis(config.worker, timeout: .seconds(2)),
            orders: config.orders.map { orders in
                OrderClients(
                    ledger: redis(config.worker, at: orders.places.ledger, timeout: .seconds(2)),
                    readModel: redis(config.worker, at: orders.places.readModel, timeout: .seconds(2)),
                    witness: orders.places.witnessRedis.map { redis(config.worker, at: $0, timeout: .seconds(2)) })
            },
            clock: clock, logger: logger(config.worker),
            onListening: onListening, refresh: refresh,
            refreshNeeds: refreshNeeds, mayLast: !isSandbox, metrics: metrics,
            redisCheck: redisCheck(config.worker))
    }

    /// For `/readyz`, out of what the clients have seen.
    private func redisCheck(_ settings: WorkerSettings) -> @Sendable () -> ReadinessCheck {
        let endpoint = settings.redis.endpoint
        let outage = outage(settings, endpoint)
        return {
            ReadinessCheck(
                name: "redis", isWell: outage.isOver,
                detail: outage.isOver ? "\(endpoint) answers" : "\(endpoint) does not answer")
        }
    }

    private func refresher(
        _ configs: OnDemandConfigs, name: String, source: (FetchConfig) -> String?
    ) -> Refresher {
        let identity = WorkerIdentity(name: name, kind: WorkerConfig.Kind.api.rawValue)
        return Refresher(
            fetchers: configs.fetch.map { fetchWorker($0, identity, source: source($0)) },
            merger: mergeWorker(configs.merge, identity), clock: clock)
    }

    func identity(_ config: WorkerConfig) -> WorkerIdentity {
        WorkerIdentity(name: config.settings.name, kind: config.kind.rawValue)
    }

    /// The worker and its heartbeat.
    func services(_ file: ConfigFiles.File) -> [any Service] {
        let identity = identity(file.config)
        let worker: any Service
        switch file.config {
        case .fetch(let config): worker = fetchWorker(config, identity)
        case .merge(let config): worker = mergeWorker(config, identity)
        case .project(let config): worker = projectWorker(config)
        case .api(let config): worker = apiWorker(config, onDemand: file.onDemand)
        }
        return [heartbeat(file.config, identity)] + serverLook(file.config) + freshness(file.config) + [worker]
    }

    /// Looks once whether the worker's Redis is fit; one of the process' workers does for all.
    func serverLook(_ config: WorkerConfig) -> [any Service] {
        let settings = config.settings
        let isFirst = looked.withLock { $0.insert(settings.redis.endpoint.identity).inserted }
        return isFirst ? [ServerLookService(look: ServerLook(redis: redis(settings), logger: logger(settings)))] : []
    }

    /// Looks how old the data is that a fetch or a merge worker, or another replica of it, has published.
    func freshness(_ config: WorkerConfig) -> [any Service] {
        guard let (stream, _) = config.published else { return [] }
        let settings = config.settings
        let reader = StreamReader(key: settings.redis.keys.stream(stream), redis: redis(settings), clock: clock)
        let isList = config.kind == .merge
        let freshness = StreamFreshness(stream: stream, clock: clock) {
            isList ? try await reader.newestWithoutGap()?.minute : try await reader.newestRows()?.minute
        }
        metrics.sample(.dataAge, [("stream", stream)], standsIn: true) { freshness.age.map { $0 / .seconds(1) } }
        return [FreshnessService(freshness: freshness)]
    }

    func heartbeat(_ config: WorkerConfig, _ identity: WorkerIdentity) -> any Service {
        let settings = config.settings
        return HeartbeatService(
            heartbeat: Heartbeat(identity: identity, keys: settings.redis.keys, redis: redis(settings), clock: clock))
    }
}

private struct ServerLookService: Service {
    let look: ServerLook

    func run() async throws {
        await cancelWhenGracefulShutdown { await look.run() }
        // Ending early would end the whole group.
        try? await gracefulShutdown()
    }
}

private struct FreshnessService: Service {
    let freshness: StreamFreshness

    func run() async throws {
        await cancelWhenGracefulShutdown { await freshness.run() }
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

    /// Reads the stream of rates by which an api prices orders, with how old the newest may be; nil for other workers.
    func rateReader(_ config: WorkerConfig) -> (reader: StreamReader, maxAge: Duration)? {
        guard case .api(let api) = config, let orders = api.orders else { return nil }
        let settings = api.worker
        let key = settings.redis.keys.stream(orders.rates)
        return (StreamReader(key: key, redis: redis(settings), clock: clock), orders.maxRateAge)
    }
}
