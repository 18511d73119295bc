import Fetching
import Logging
import Merging
import NIOPosix
import POSIX
import Redis
import RedisServer
import Sandbox
import ServiceLifecycle
import Tape
import Workers

/// `cointape up`: all workers of the config folder in one process, on a Redis of its own unless `REDIS_URL` names one.
package struct UpCommand: Sendable {
    package struct Options: Sendable {
        /// The folder for Redis' data; a sandbox uses its subfolder `sandbox`.
        package var data: String
        /// The api's port; a Redis that `up` starts takes the next one.
        package var port: Int
        /// Whether to use the sandbox even if there are keys for the real providers.
        package var sandbox: Bool
        /// The faults of the sandbox.
        package var faults: [String]
        /// The command that starts this executable as the guardian of Redis.
        package var guardianCommand: [String]

        package init(data: String, port: Int, sandbox: Bool, faults: [String], guardianCommand: [String]) {
            self.data = data
            self.port = port
            self.sandbox = sandbox
            self.faults = faults
            self.guardianCommand = guardianCommand
        }
    }

    private let options: Options
    private let environment: Environment
    private let print: @Sendable (String) -> Void

    /// Reads and starts nothing before `run`; `print` gets messages for the user.
    package init(_ options: Options, environment: Environment, print: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.environment = environment
        self.print = print
    }

    /// Makes the plan, and carries it out.
    package func run() async throws {
        var reserved: ReservedPort?
        let plan = try UpPlan(options, environment: environment) {
            do {
                let port = try ReservedPort()
                reserved = port
                return port.number
            } catch { throw CommandError(.configuration, "no port for the sandbox: \(error)") }
        }
        let tape = UpTape(
            plan: plan, reserved: reserved, clock: try environment.clock(),
            logs: try await ProcessLogs(plan.configs, worker: "up"), print: print)
        guard case .own(let path, let port) = plan.redis else { return try await tape.run(on: nil, isNew: false) }
        let folder = try await DataFolder(path)
        let own = try await OwnRedis(folder, port: port, guardianCommand: options.guardianCommand)
        do {
            // It cannot be reached until it listens, which is not worth logging.
            let client = RedisClient(
                own.endpoint, group: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "up") { _ in SwiftLogNoOpLogHandler() })
            try await own.waitUntilReady(client, logger: tape.logs.logger)
            client.close()
            try await tape.run(on: own, isNew: folder.isNew)
        } catch {
            await own.stop()
            throw error
        }
        await own.stop()
    }
}

/// The services of a plan: one group, in which each service waits for what must come before it.
private struct UpTape {
    let plan: UpPlan
    /// Reserves the sandbox' port until the sandbox has bound it.
    let reserved: ReservedPort?
    let clock: TapeClock
    let logs: ProcessLogs
    let print: @Sendable (String) -> Void

    /// Runs until told to stop; `own` is the Redis that `up` has started, and `isNew` is true if its folder was created for it.
    func run(on own: OwnRedis?, isNew: Bool) async throws {
        if plan.mode == .real { plan.configs.warnings(in: plan.environment.variables).forEach(print) }
        let metrics = ProcessMetrics.bootstrap()
        let listening = ListeningPort()
        let process = WorkerProcess(
            clock: clock, redactor: plan.configs.redactor, logs: logs.outputs, metrics: metrics.registry,
            played: plan.played, onListening: { listening.set($0) })
        defer { process.shutdown() }
        let ledger = UpLedger(
            plan.configs, mode: plan.mode, newRedis: isNew ? own?.endpoint : nil, variables: plan.variables,
            clock: clock)
        await ledger.open()
        let made = plan.workers.map { (worker: $0, services: $0.file.services(in: process)) }
        let announcer = Announcer(
            configs: plan.configs, process: process, listening: listening, mode: plan.mode,
            redisOptions: plan.redisOptions, ledger: ledger, print: print)

        let quiet = Launcher.quietLogger(logs.logger)
        let sandboxListens = Latch(isOpen: plan.sandboxPort == nil)
        var services = logs.services
        if let own { services.append(RedisWatch(own: own)) }
        if let port = plan.sandboxPort {
            services.append(
                SandboxServer(
                    settings: SandboxSettings(faults: plan.faults), port: port, now: { [clock] in clock.now },
                    logger: quiet
                ) { [reserved] _ in
                    reserved?.release()
                    sandboxListens.open()
                })
        }
        services += metrics.servers(plan.configs.files, logger: process.logger)
        services += made.flatMap { $0.services.beside } + [announcer]
        services += made.filter { $0.worker.start == .atOnce }.map { $0.services.worker }
        for start in [UpPlan.Start.behindPresent, .behindPast] {
            let group = made.filter { $0.worker.start == start }
            let played = group.filter { ($0.worker.file.config as? FetchConfig)?.isPlayed(in: process) ?? false }
            let backfill = Backfill(
                fetchers: played.compactMap { $0.services.worker as? FetchWorker },
                mergers: group.compactMap { $0.services.worker as? MergeWorker }, clock: clock)
            let isFilled = Latch()
            services += group.map { Latched(latch: isFilled, service: $0.services.worker) as any Service }
            services.append(Fill(backfill: backfill, begins: sandboxListens, ends: isFilled, logger: logs.logger))
        }
        // Redis ends last, within the same grace period.
        let rest = Launcher.grace - (own == nil ? .zero : RedisGuardian.patience)
        try await Launcher.run(services, grace: rest, logger: quiet)
    }
}

/// Ends the process with an error if its Redis ends by itself.
private struct RedisWatch: Service {
    let own: OwnRedis

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await own.waitForEnd() }
        if !Task.isShuttingDownGracefully, !Task.isCancelled { throw own.endedError }
    }
}
