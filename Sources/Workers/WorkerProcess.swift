import Config
package import CurlHTTP
import Foundation
package import Logging
package import Logs
import NIOPosix
package import Redis
package import ServiceLifecycle
import Synchronization
package import Tape
package import Telemetry

/// What the workers of one process share: the clock, loggers, Redis clients and metrics; also creates their services.
package final class WorkerProcess: Sendable {
    /// Shared by all workers: each reply with Redis' time sets it for all of them.
    package let clock: TapeClock
    /// Hides secrets in the log lines of all workers.
    package let redactor: Redactor
    /// Standard error and the log files; workers whose configs name the same file share it.
    package let logs: LogOutputs
    package let metrics: MetricsRegistry
    /// Run on SIGHUP, if the process traps it.
    package let hangups: Hangups
    /// The path of this executable, for workers that start it again as a helper.
    package let program: String
    /// The URL variables that point at the process' own sandbox; empty if all servers are real.
    package let sandboxVariables: Set<String>
    /// Called with the port on which a worker listens, as soon as it accepts connections.
    package let onListening: @Sendable (Int) -> Void

    private let outages = Mutex<[String: RedisOutage]>([:])
    private let topologies = Mutex<[(endpoint: RedisEndpoint, topology: RedisTopology)]>([])
    private let monitored = Mutex<Set<String>>([])
    private let shared = Mutex<[ObjectIdentifier: any Sendable]>([:])
    private let endings = Mutex<[@Sendable () -> Void]>([])

    package init(
        clock: TapeClock, redactor: Redactor, logs: LogOutputs = LogOutputs(),
        metrics: MetricsRegistry = MetricsRegistry(), hangups: Hangups = Hangups(), program: String = ownProgram,
        sandboxVariables: Set<String> = [],
        onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.clock = clock
        self.redactor = redactor
        self.logs = logs
        self.metrics = metrics
        self.hangups = hangups
        self.program = program
        self.sandboxVariables = sandboxVariables
        self.onListening = onListening
    }

    /// On Linux, this is the file that is running, even if its path has been replaced since.
    package static var ownProgram: String {
        let own = "/proc/self/exe"
        return access(own, X_OK) == 0 ? own : Bundle.main.executablePath ?? CommandLine.arguments[0]
    }

    // MARK: Resources of workers

    /// A logger under the worker's name, which writes where its config says.
    package func logger(_ settings: WorkerSettings) -> Logger {
        logs.logger(settings.name, settings.logging, redactor: redactor)
    }

    /// A client of the worker's own Redis, or of another endpoint, with a connection of its own.
    package func redis(
        _ settings: WorkerSettings, at endpoint: RedisEndpoint? = nil, timeout: Duration = .seconds(5)
    ) -> RedisClient {
        let endpoint = endpoint ?? settings.redis.endpoint
        return RedisClient(
            endpoint, name: "cointape-\(settings.name)", timeout: timeout,
            group: MultiThreadedEventLoopGroup.singleton, outage: outage(settings, at: endpoint),
            topology: topology(settings, at: endpoint))
    }

    /// Shared by all workers with the same endpoint: the first one's log tells of Sentinels and slots.
    ///
    /// Returns nil for an endpoint that is a server itself.
    private func topology(_ settings: WorkerSettings, at endpoint: RedisEndpoint) -> RedisTopology? {
        topologies.withLock { topologies in
            if let known = topologies.first(where: { $0.endpoint == endpoint }) { return known.topology }
            let topology = RedisTopology(
                endpoint, name: "cointape-\(settings.name)", group: MultiThreadedEventLoopGroup.singleton,
                logger: logger(settings))
            if let topology { topologies.append((endpoint, topology)) }
            return topology
        }
    }

    /// Shared by all of a worker's clients of one Redis, so that an outage is logged once.
    package func outage(_ settings: WorkerSettings, at endpoint: RedisEndpoint) -> RedisOutage {
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

    /// The only instance of its type in this process, created on first use, and ended by `shutdown`.
    package func one<Resource: Sendable>(
        _ make: () -> Resource, ending end: @escaping @Sendable (Resource) -> Void
    ) -> Resource {
        shared.withLock { shared in
            let key = ObjectIdentifier(Resource.self)
            if let known = shared[key] as? Resource { return known }
            let new = make()
            shared[key] = new
            atShutdown { end(new) }
            return new
        }
    }

    /// The HTTP client of all workers in this process.
    package func http() -> HTTPClient { one({ HTTPClient() }, ending: { $0.shutdown() }) }

    /// Registers a handler for `shutdown`.
    package func atShutdown(_ body: @escaping @Sendable () -> Void) {
        endings.withLock { $0.append(body) }
    }

    /// Runs the shutdown handlers in the order of their registration.
    ///
    /// Must be called after all workers have stopped.
    package func shutdown() {
        let endings = endings.withLock { endings in
            defer { endings = [] }
            return endings
        }
        for end in endings { end() }
    }

    // MARK: Services

    /// The services of a worker: its main service, and those that accompany every worker.
    package struct Services: Sendable {
        package let worker: any Service
        /// Its heartbeat, and the checks of its Redis and its stream.
        package let beside: [any Service]

        /// The worker comes last, after its heartbeat.
        package var all: [any Service] { beside + [worker] }
    }

    /// Creates the services without starting them; `named` are the configs of `config.named`, in that order.
    ///
    /// It also registers the age of the worker's stream as a metric. Among workers that share a Redis, only the first checks
    /// whether it is fit.
    package func services(_ config: any WorkerConfig, naming named: [any WorkerConfig]) -> Services {
        let settings = config.worker
        let identity = WorkerIdentity(name: settings.name, kind: type(of: config).kind.name)
        let heartbeat = Heartbeat(
            identity: identity, keys: settings.redis.keys, redis: redis(settings), clock: clock)
        return Services(
            worker: config.service(in: self, as: identity, naming: named),
            beside: [heartbeat] + fitnessMonitor(settings) + freshness(settings, config.output))
    }

    /// Checks whether the worker's Redis is fit; one worker of the process does so for all.
    private func fitnessMonitor(_ settings: WorkerSettings) -> [any Service] {
        let isFirst = monitored.withLock { $0.insert(settings.redis.endpoint.identity).inserted }
        return isFirst ? [ServerFitnessMonitor(redis: redis(settings), logger: logger(settings))] : []
    }

    /// Tracks the age of the data that the worker, or a replica of it, has published.
    private func freshness(_ settings: WorkerSettings, _ output: StreamOutput?) -> [any Service] {
        guard let output else { return [] }
        let stream = output.stream.value
        let reader = StreamReader(key: settings.redis.keys.stream(stream), redis: redis(settings), clock: clock)
        let holdsRows = output.holdsRows
        let freshness = StreamFreshness(clock: clock) {
            holdsRows ? try await reader.newestRows()?.minute : try await reader.newestWithoutGap()?.minute
        }
        metrics.sample(.dataAge, [("stream", stream)], standsIn: true) { freshness.age.map { $0 / .seconds(1) } }
        return [freshness]
    }
}
