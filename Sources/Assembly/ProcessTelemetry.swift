import CoreMetrics
import Logging
import Logs
import ServiceLifecycle
import Serving
import Tape
import Telemetry
import UnixSignals
import Workers

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
