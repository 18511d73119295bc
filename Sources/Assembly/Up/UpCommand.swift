import Basics
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
            hangups: logs.hangups,
            sandboxVariables: plan.sandboxVariables, onListening: { listening.set($0) })
        defer { process.shutdown() }
        let ledger = UpLedger(
            plan.configs, mode: plan.mode, newRedis: isNew ? own?.endpoint : nil, variables: plan.variables,
            clock: clock)
        await ledger.open()
        let workers = plan.workers.map { PlannedWorker(plan: $0, services: $0.file.services(in: process)) }
        let announcer = Announcer(
            configs: plan.configs, process: process, listening: listening, mode: plan.mode,
            redisOptions: plan.redisOptions, ledger: ledger, print: print)

        let quiet = Launcher.quietLogger(logs.logger)
        let sandboxListens = Latch(isOpen: plan.sandboxPort == nil)
        // They stop one after the other, the last one first.
        var services = logs.services
        if let own { services.append(RedisWatch(own: own)) }
        if let port = plan.sandboxPort { services.append(sandbox(on: port, opening: sandboxListens, logger: quiet)) }
        services += metrics.servers(plan.configs.files, logger: process.logger)
        services += workers.flatMap { $0.services.beside } + [announcer]
        services += workers.filter { $0.plan.start == .atOnce }.map { $0.services.worker }
        for start in [UpPlan.Start.afterPresent, .afterBackfill] {
            let group = workers.filter { $0.plan.start == start }
            services += startingFilled(group, after: sandboxListens, in: process)
        }
        // Redis ends last, within the same grace period.
        let rest = Launcher.grace - (own == nil ? .zero : RedisGuardian.patience)
        try await Launcher.run(services, grace: rest, logger: quiet)
    }

    /// A worker of the plan with its services, which are not running yet.
    private struct PlannedWorker {
        let plan: UpPlan.Worker
        let services: WorkerProcess.Services
    }

    /// The sandbox; it takes the port over from `reserved`, and then opens the latch.
    private func sandbox(on port: Int, opening listens: Latch, logger: Logger) -> SandboxServer {
        SandboxServer(
            settings: SandboxSettings(faults: plan.faults), port: port, now: { [clock] in clock.now }, logger: logger
        ) { [reserved] _ in
            reserved?.release()
            listens.open()
        }
    }

    /// The workers, none of which starts before the first minutes of all their streams are filled in, and the service that fills
    /// them in, once the sandbox listens.
    private func startingFilled(
        _ group: [PlannedWorker], after sandboxListens: Latch, in process: WorkerProcess
    ) -> [any Service] {
        let isFilled = Latch()
        let workers = group.map { Latched(latch: isFilled, service: $0.services.worker) as any Service }
        let fill = Fill(
            backfill: backfill(group, in: process), begins: sandboxListens, ends: isFilled, logger: logs.logger)
        return workers + [fill]
    }

    /// Fills in the feeds that the sandbox serves, and merges them; other kinds of workers have nothing to fill in.
    ///
    /// Without a sandbox it has no feeds, and does nothing.
    private func backfill(_ group: [PlannedWorker], in process: WorkerProcess) -> Backfill {
        let feeds = group.filter { ($0.plan.file.config as? FetchConfig)?.isSandboxed(in: process) ?? false }
        return Backfill(
            fetchers: feeds.compactMap { $0.services.worker as? FetchWorker },
            mergers: group.compactMap { $0.services.worker as? MergeWorker }, clock: clock)
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
