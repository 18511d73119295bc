package import Basics
import Hummingbird
import HummingbirdCore
package import Logging
import Logs
package import Redis
import ServiceLifecycle
package import Tape
package import Telemetry
import TopLists

/// Serves lists, and takes and shows orders, over HTTP until it is told to stop.
package struct APIWorker: Service, CustomStringConvertible {
    package let description: String
    private let config: APIConfig
    private let tail: ListTail
    private let responder: APIResponder
    private let shortcuts: PerLoop<Shortcut>?
    private let onDemand: OnDemand?
    private let orders: OrderService?
    private let writes: WriteWatch
    private let logger: Logger
    private let onListening: @Sendable (APIConfig.Address) async -> Void

    /// `onListening` is called with each address as soon as it takes connections.
    ///
    /// `orders` are the clients for the places of the config's orders. `refresh` makes the present minute's list, for an api
    /// that does so on demand; `refreshNeeds` is what that needs of the Redis. `mayLast` says whether caches may keep past
    /// lists for good. `redisCheck` is for `/readyz`.
    package init(
        _ config: APIConfig, redis: RedisClient, orders places: OrderClients? = nil, clock: TapeClock, logger: Logger,
        onListening: @escaping @Sendable (APIConfig.Address) async -> Void = { _ in },
        refresh: (@Sendable () async throws -> Void)? = nil,
        refreshNeeds: (@Sendable (Minute) -> [RedisNeed])? = nil, mayLast: Bool = true,
        metrics: MetricsRegistry = MetricsRegistry(), redisCheck: (@Sendable () -> ReadinessCheck)? = nil
    ) {
        description = config.worker.name
        self.config = config
        self.logger = logger
        self.onListening = onListening
        let keys = config.worker.redis.keys
        let key = keys.stream(config.stream)
        let answers = ListAnswers(clock: clock, mayLast: mayLast)
        let (counts, date) = (RouteMetrics(), DateField())
        let newest = NewestList()
        let reader = StreamReader(key: key, redis: redis, clock: clock)
        let loader = ListLoader(
            stream: config.stream, columns: config.columns, keys: keys, small: redis, large: redis.separate(),
            clock: clock)
        let history = ListHistory(loader: loader, capacity: config.cached, logger: logger)
        tail = ListTail(
            newest: newest, loader: loader,
            tail: StreamTail(
                reader: reader, waiting: StreamReader(key: key, redis: redis.separate(), clock: clock), clock: clock,
                logger: logger))
        orders = config.orders.flatMap { settings in
            places.map {
                OrderService(
                    settings, worker: config.worker.name, keys: keys, redis: redis, clients: $0, clock: clock,
                    logger: logger)
            }
        }
        onDemand = config.onDemand.flatMap { settings in
            refresh.map {
                OnDemand(olderThan: settings.olderThan, newest: newest, clock: clock, logger: logger, refresh: $0)
            }
        }
        writes = WriteWatch(
            redis: redis.separate(), keys: keys, worker: config.worker.name,
            streams: [config.stream] + (config.orders.map { [$0.rates] } ?? []), reads: config.redisNeeds,
            writes: refreshNeeds, clock: clock)
        let (orders, onDemand, writes) = (orders, onDemand, writes)
        shortcuts =
            config.http.hasShortcut
            ? PerLoop(Listener.group) { loop in
                Shortcut(
                    answers: answers, history: history, onDemand: onDemand,
                    orders: (orders?.routes.place).map(OrderShortcut.init), date: date, counts: counts, loop: loop)
            } : nil
        metrics.sample(.dataAge, [("stream", config.stream)]) {
            newest.current.map { (clock.now - $0.minute.start) / .seconds(1) }
        }
        orders?.sample(metrics)
        if let shortcuts { newest.follow { list in shortcuts.forEach { $0.show(list) } } }
        responder = APIResponder(
            lists: ListRoute(
                newest: newest, history: history, margin: config.margin, clock: clock, onDemand: onDemand,
                answers: answers),
            orders: orders?.routes,
            health: HealthRoute(
                newest: newest, isOnDemand: onDemand != nil,
                notes: {
                    [redisCheck?(), orders?.ratesCheck].compactMap(\.self) + writes.checks
                        + (orders?.fitnessChecks ?? [])
                }, clock: clock),
            contract: ContractRoute(clock: clock), metrics: MetricsRoute(registry: metrics),
            counts: counts, date: date)
    }

    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (tail, writes) = (tail, writes)
            group.addTask { await cancelWhenGracefulShutdown { await writes.run() } }
            group.addTask { await cancelWhenGracefulShutdown { await tail.run() } }
            if let onDemand { group.addTask { await cancelWhenGracefulShutdown { await onDemand.run() } } }
            if let orders { group.addTask { await cancelWhenGracefulShutdown { await orders.run() } } }
            let channel = channel
            for address in config.listen {
                let server = server(on: address, channel)
                group.addTask { try await server.run() }
            }
            // One that fails, as on a port that is taken, ends them all.
            while try await group.next() != nil {}
        }
    }

    /// One for all addresses: they share the memory for requests.
    private var channel: GuardedHTTPChannel {
        let responder = responder
        return GuardedHTTPChannel(config.http, shortcuts: shortcuts) { request, writer, _ in
            let response = await responder.respond(to: request)
            try await writer.write(response: response.head, body: response.body)
        }
    }

    private func server(on address: APIConfig.Address, _ channel: GuardedHTTPChannel) -> Listener {
        let limits = config.http
        let connections = OpenFiles.connections(wanted: limits.maxConnections * config.listen.count)
        if connections < limits.maxConnections * config.listen.count {
            logger.warning(.apiConnections, metadata: [LogKey.detail: "open files allow only \(connections)"])
        }
        let (logger, onListening) = (logger, onListening)
        return Listener(
            address: address, maxConnections: connections / config.listen.count, channel: channel,
            logger: logger
        ) { address in
            logger.info(.apiListening, metadata: [LogKey.host: "\(address.host)", LogKey.port: "\(address.port)"])
            await onListening(address)
        }
    }
}
