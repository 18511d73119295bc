import Basics
import Config
import Fetching
import Logging
import Merging
import NIOPosix
import Redis
import RedisServer
import Sandbox
import ServiceLifecycle
import Tape

/// `cointape up`: all workers of the config folder in one process, on a Redis of its own unless `REDIS_URL` names one.
package struct UpCommand: Sendable {
    package struct Options: Sendable {
        package var data: String
        package var port: Int
        package var sandbox: Bool
        /// What goes wrong in the sandbox.
        package var faults: [String]
        /// The command that runs this executable's guardian of Redis.
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

    package init(_ options: Options, environment: Environment, print: @escaping @Sendable (String) -> Void) {
        self.options = options
        self.environment = environment
        self.print = print
    }

    package func run() async throws {
        let faults = try FaultPlan(options.faults)
        let paths = try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config")
        // What is not known before Redis and the sandbox run is known well enough for a first reading.
        let foreseen = environment.adding(["PORT": "\(options.port)"]).adding(
            environment["REDIS_URL"] == nil ? ["REDIS_URL": "redis://127.0.0.1:\(options.port + 1)"] : [:])
        let plain = try ConfigFiles.load(paths, environment: foreseen.variables, requiringNeeds: false)
        let feeds = plain.files.compactMap { file -> FetchConfig? in
            if case .fetch(let config) = file.config { config } else { nil }
        }
        let mode = try UpMode.decide(feeds, sandboxWanted: options.sandbox, environment: environment.variables)
        guard mode == .sandbox || faults == FaultPlan() else {
            throw StartFailure("--fault is for the sandbox; real providers have their own")
        }
        let clock = try environment.clock()
        let logs = try await ProcessLogs(plain, worker: "up")
        guard environment["REDIS_URL"] == nil else {
            return try await run(paths, mode, faults, environment, nil, nil, clock, logs)
        }
        let folder = try await DataFolder(mode == .sandbox ? "\(options.data)/sandbox" : options.data)
        let own = try await OwnRedis(folder, port: options.port + 1, guardianCommand: options.guardianCommand)
        do {
            try await run(on: own, in: folder, paths, mode, faults, clock, logs)
        } catch {
            await own.stop()
            throw error
        }
        await own.stop()
    }

    private func run(
        on own: OwnRedis, in folder: DataFolder, _ paths: [String], _ mode: UpMode, _ faults: FaultPlan,
        _ clock: TapeClock, _ logs: ProcessLogs
    ) async throws {
        // That it cannot be reached before it listens is nothing to tell.
        let client = RedisClient(
            own.endpoint, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "up") { _ in SwiftLogNoOpLogHandler() })
        try await own.waitUntilReady(client, logger: logs.logger)
        client.close()
        // What is remembered of the ledger lies beside it: another data folder has another ledger.
        let settled = environment.adding(["REDIS_URL": "redis://\(own.endpoint)"]).adding(
            environment["WITNESS_DIR"] == nil ? ["WITNESS_DIR": "\(folder.path)/witness"] : [:])
        try await run(paths, mode, faults, settled, own, folder.isNew ? own.endpoint : nil, clock, logs)
    }

    /// What to put before a command that has to find the witness of this tape; nothing where the user has named its folder.
    private func witnessVariable(_ settled: Environment) -> String {
        guard environment["WITNESS_DIR"] == nil, let folder = settled["WITNESS_DIR"] else { return "" }
        let isPlain = folder.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
        return "WITNESS_DIR=\(isPlain ? folder : "'" + folder.replacing("'", with: #"'\''"#) + "'") "
    }

    private func run(
        _ paths: [String], _ mode: UpMode, _ faults: FaultPlan, _ environment: Environment, _ own: OwnRedis?,
        _ newRedis: RedisEndpoint?, _ clock: TapeClock, _ logs: ProcessLogs
    ) async throws {
        let (ports, portFound) = AsyncStream.makeStream(of: Int.self)
        let logger = logs.logger
        var services = logs.services
        if let own { services.append(RedisWatch(own: own)) }
        if mode == .sandbox {
            services.append(
                SandboxServer(
                    settings: SandboxSettings(faults: faults), port: 0, now: { clock.now },
                    logger: Launcher.quietLogger(logger),
                    onListening: { portFound.yield($0) }))
        } else {
            portFound.finish()
        }
        let tape = UpTape(
            paths: paths, mode: mode, environment: environment.adding(["PORT": "\(options.port)"]), clock: clock,
            sandboxPorts: ports, redisOptions: own.map { " -p \($0.port)" } ?? " -u $REDIS_URL",
            variables: own.map { "REDIS_URL=redis://\($0.endpoint) \(witnessVariable(environment))" } ?? "",
            newRedis: newRedis, print: print,
            logs: logs.outputs, logger: logger)
        services.append(tape)
        // Redis ends last, and within the same grace.
        let rest = Launcher.grace - (own == nil ? .zero : RedisGuardian.patience)
        try await Launcher.run(services, grace: rest, logger: Launcher.quietLogger(logger))
    }
}

/// Ends the process with an error when its Redis has ended by itself.
private struct RedisWatch: Service {
    let own: OwnRedis

    func run() async throws {
        try? await cancelWhenGracefulShutdown { try await own.waitForEnd() }
        if !Task.isShuttingDownGracefully, !Task.isCancelled { throw own.endedFailure }
    }
}
