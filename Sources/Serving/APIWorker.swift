package import Archive
package import Basics
package import HTTPServer
package import Logging
import Logs
package import Redis
import ServiceLifecycle
import Synchronization
package import Tape
package import Telemetry
import Workers

/// Serves lists over HTTP, and takes and shows orders, until it is told to stop.
package struct APIWorker: Service, CustomStringConvertible {
    package let description: String
    private let tail: ListTail
    private let server: HTTPServer
    private let onDemand: OnDemand?
    private let orders: OrderService?
    private let writes: RedisReadiness
    private let ending: Ending

    /// `onListening` is called with each address as soon as it accepts connections.
    ///
    /// `blocks` are the stores of the config's history, and `orders` the clients for its orders. `refresh` makes the present
    /// minute's list, for an api that does so on demand; `refreshNeeds` is what that needs of Redis. `allowsImmutable` says
    /// whether caches may keep past lists forever. `redisCheck` is for `/readyz`.
    package init(
        _ config: APIConfig, redis: RedisClient, blocks stores: [any BlockStore] = [],
        orders places: OrderClients? = nil, clock: TapeClock, logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in },
        refresh: (@Sendable () async throws -> Void)? = nil,
        refreshNeeds: (@Sendable (Minute) -> [RedisNeed])? = nil, allowsImmutable: Bool = true,
        metrics: MetricsRegistry = MetricsRegistry(), redisCheck: (@Sendable () -> ReadinessCheck)? = nil
    ) {
        description = config.worker.name
        let keys = config.worker.redis.keys
        let key = keys.stream(config.stream)
        let newest = NewestList()
        let archive = config.history.map { _ in
            ArchiveReader(
                stores: stores,
                recent: RecentHours(
                    lists: config.stream, keys: keys, redis: redis.separate(), clock: clock, logger: logger),
                logger: logger)
        }
        let many = archive.map { archive in
            let streams = config.history.map { [$0.stream, "\($0.stream):days"] } ?? []
            return HistoryService(
                archive,
                facts: BlockFacts(
                    archive,
                    streams: streams.map { StreamReader(key: keys.stream($0), redis: redis, clock: clock) }),
                columns: config.columns, clock: clock, allowsImmutable: allowsImmutable)
        }
        let loader = ListLoader(
            stream: config.stream, columns: config.columns, keys: keys, small: redis, large: redis.separate(),
            archive: archive, clock: clock)
        let history = ListHistory(loader: loader, capacity: config.cached, logger: logger)
        tail = ListTail(
            newest: newest, loader: loader,
            tail: StreamTail(
                reader: StreamReader(key: key, redis: redis, clock: clock),
                waiting: StreamReader(key: key, redis: redis.separate(), clock: clock), clock: clock, logger: logger))
        let orders = config.orders.flatMap { settings in
            places.map {
                OrderService(
                    settings, worker: config.worker.name, keys: keys, redis: redis, clients: $0, clock: clock,
                    logger: logger)
            }
        }
        let onDemand = config.onDemand.flatMap { settings in
            refresh.map {
                OnDemand(olderThan: settings.olderThan, newest: newest, clock: clock, logger: logger, refresh: $0)
            }
        }
        let writes = RedisReadiness(
            redis: redis.separate(), keys: keys, worker: config.worker.name,
            streams: [config.stream] + (config.orders.map { [$0.rates] } ?? []), reads: config.redisNeeds,
            writes: refreshNeeds, clock: clock)
        metrics.sample(.dataAge, [("stream", config.stream)]) {
            newest.current.map { (clock.now - $0.minute.start) / .seconds(1) }
        }
        orders?.sample(metrics)
        let ending = Ending()
        let health = HealthRoute(
            newest: newest, isOnDemand: onDemand != nil,
            notes: {
                [redisCheck?(), orders?.ratesCheck].compactMap(\.self) + writes.checks + (orders?.fitnessChecks ?? [])
            }, isEnding: { ending.hasBegun }, clock: clock)
        let representations = ListRepresentations(clock: clock, allowsImmutable: allowsImmutable)
        let contract = ContractRoute(clock: clock)
        server = HTTPServer(
            config.listen, limits: config.http.limits, maxConnections: config.http.maxConnections, logger: logger
        ) { address in
            logger.info(.apiListening, metadata: [LogKey.host: "\(address.host)", LogKey.port: "\(address.port)"])
            await onListening(address)
        } makeResponder: { loop in
            APIResponder(
                lists: ListRoute(
                    loop: loop, newest: newest, history: history, representations: representations, onDemand: onDemand,
                    margin: config.margin),
                others: (orders?.routes(on: loop) ?? []) + (many?.routes(on: loop) ?? []), health: health,
                contract: contract,
                metrics: MetricsRoute(registry: metrics))
        }
        self.orders = orders
        self.onDemand = onDemand
        self.writes = writes
        self.ending = ending
    }

    /// Reads the certificates again; blocks.
    package func reloadCertificates() { server.reloadCertificates() }

    /// Returns when a graceful shutdown has ended all parts; throws if one of them fails, for example because a port is taken.
    package func run() async throws {
        let ending = ending
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (tail, writes, server) = (tail, writes, server)
                group.addTask { await cancelWhenGracefulShutdown { await writes.run() } }
                group.addTask { await cancelWhenGracefulShutdown { await tail.run() } }
                if let onDemand { group.addTask { await cancelWhenGracefulShutdown { await onDemand.run() } } }
                if let orders { group.addTask { await cancelWhenGracefulShutdown { await orders.run() } } }
                group.addTask { try await server.run() }
                // If one part fails, for example because a port is taken, all of them end.
                while try await group.next() != nil {}
            }
        } onGracefulShutdown: {
            ending.begin()
        }
    }

    /// Whether the worker is shutting down.
    private final class Ending: Sendable {
        private let flag = Atomic(false)

        var hasBegun: Bool { flag.load(ordering: .relaxed) }

        func begin() { flag.store(true, ordering: .relaxed) }
    }
}
