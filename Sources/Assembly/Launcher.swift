import CoreMetrics
import Logging
import Logs
import NIOCore
import ServiceLifecycle
import Serving
import Tape
import Telemetry
import UnixSignals
import Workers

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Runs services until SIGTERM or SIGINT, then lets them finish.
enum Launcher {
    /// How long a process may take to end.
    static let grace: Duration = .seconds(15)

    /// Services that have not finished within the grace are cancelled.
    ///
    /// They end one after the other, the last of them first.
    static func run(_ services: [any Service], grace: Duration = grace, logger: Logger) async throws {
        ignoreBrokenPipes()
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $0) }, logger: logger)
        configuration.maximumGracefulShutdownDuration = grace
        let group = ServiceGroup(configuration: configuration)
        // Not by the group itself: it traps signals only once it runs, and one that came before would be nobody's.
        await StopSignals.watch { await group.triggerGracefulShutdown() }
        try await group.run()
    }

    /// A peer that goes away while we write, or whoever reads the logs, is an error code and not the end of the process.
    static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// A logger for the process as a whole, for what only concerns the services' order: quiet.
    static func quietLogger(_ logger: Logger) -> Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }
}

/// How many event loops a process has.
package enum EventLoops {
    /// Has the process do with one event loop: who has more cores starts more workers, which share nothing.
    ///
    /// To be called before anything else. NIO's own variable NIO_SINGLETON_GROUP_LOOP_COUNT stands above it.
    package static func useOne(_ environment: [String: String]) {
        guard environment["NIO_SINGLETON_GROUP_LOOP_COUNT"] == nil else { return }
        NIOSingletons.groupLoopCountSuggestion = 1
    }
}

/// SIGTERM and SIGINT: the first asks for an end in good order, and that takes its time; the second leaves at once.
private enum StopSignals {
    /// Watches as long as the process lives, from when it returns: a signal that comes any later is not lost.
    ///
    /// `stop` is called once, at the first signal.
    static func watch(_ stop: @escaping @Sendable () async -> Void) async {
        let signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint])
        Task.detached {
            var isFirst = true
            for await signal in signals {
                // As a shell tells the end by a signal: 128 and its number. Nothing is flushed, and nothing waited for.
                if !isFirst { _exit(128 + (signal == .sigterm ? SIGTERM : SIGINT)) }
                isFirst = false
                Task { await stop() }
            }
        }
    }
}

/// What a process of workers logs to, ready before the first of them is started.
struct ProcessLogs: Sendable {
    let outputs: LogOutputs
    /// Speaks for the process as a whole, as the first config wants it.
    let logger: Logger
    /// To be run before the workers, so that it ends behind them; empty when nothing can be rotated.
    let services: [any Service]

    init(_ configs: ConfigFiles, worker: String) async throws {
        Launcher.ignoreBrokenPipes()
        outputs = try configs.openLogs()
        let settings = configs.files.first?.config.worker.logging ?? LoggingSettings()
        logger = outputs.logger(worker, settings, redactor: configs.redactor)
        guard outputs.hasFiles else {
            services = []
            return
        }
        let console = outputs.consoleLogger(worker, settings, redactor: configs.redactor)
        services = [await LogRotation(outputs, logger: console)]
    }
}

/// Opens the log files anew on SIGHUP, as logrotate asks for it.
private struct LogRotation: Service {
    private let outputs: LogOutputs
    private let logger: Logger
    private let signals: UnixSignalsSequence

    /// Traps the signal from now on.
    init(_ outputs: LogOutputs, logger: Logger) async {
        self.outputs = outputs
        self.logger = logger
        signals = await UnixSignalsSequence(trapping: .sighup)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in signals { outputs.reopen(tellingFailures: logger) }
        }
    }
}

/// The metrics of a process that runs workers.
struct ProcessMetrics: Sendable {
    let registry = MetricsRegistry()

    /// Takes over swift-metrics for the process, which may be done once.
    static func bootstrap() -> ProcessMetrics {
        let metrics = ProcessMetrics()
        MetricsSystem.bootstrap(metrics.registry)
        metrics.registry.sampleProcess(version: Version.current)
        return metrics
    }

    /// One server for each address that the workers' configs name: all show the whole process.
    func servers(_ files: [ConfigFiles.File], logger: (WorkerSettings) -> Logger) -> [any Service] {
        var known = Set<MetricsAddress>()
        return files.compactMap { file in
            let settings = file.config.worker
            guard let address = settings.metrics, known.insert(address).inserted else { return nil }
            return MetricsService(
                host: address.host, port: address.port, registry: registry, logger: logger(settings))
        }
    }
}
