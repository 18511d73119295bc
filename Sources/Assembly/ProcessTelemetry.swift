import CoreMetrics
import HTTPServer
import Logging
import Logs
import ServiceLifecycle
import Serving
import Tape
import Telemetry
import UnixSignals
import Workers

/// The log outputs of a process of workers, opened before the first worker starts.
struct ProcessLogs: Sendable {
    let outputs: LogOutputs
    /// Logs for the whole process, with the settings of the first config.
    let logger: Logger
    /// What the workers do on SIGHUP.
    let hangups = Hangups()
    /// Must be started before the workers, so that it stops after them; empty if there is no file to read or open again.
    let services: [any Service]

    init(_ configs: ConfigFiles, worker: String) async throws {
        Launcher.ignoreBrokenPipes()
        outputs = try configs.openLogs()
        let settings = configs.files.first?.config.worker.logging ?? LoggingSettings()
        logger = outputs.logger(worker, settings, redactor: configs.redactor)
        let hasCertificates = configs.files.contains { file in
            (file.config as? APIConfig)?.listen.contains { $0.tls != nil } == true
        }
        guard outputs.hasFiles || hasCertificates else {
            services = []
            return
        }
        let console = outputs.consoleLogger(worker, settings, redactor: configs.redactor)
        services = [await HangupService(outputs, hangups, logger: console)]
    }
}

/// Reopens the log files on SIGHUP, as logrotate expects, and has the workers read their files again.
private struct HangupService: Service {
    private let outputs: LogOutputs
    private let hangups: Hangups
    private let logger: Logger
    private let signals: UnixSignalsSequence

    /// Traps SIGHUP from now on.
    init(_ outputs: LogOutputs, _ hangups: Hangups, logger: Logger) async {
        self.outputs = outputs
        self.hangups = hangups
        self.logger = logger
        signals = await UnixSignalsSequence(trapping: .sighup)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in signals {
                outputs.reopen(loggingFailures: logger)
                hangups.run()
            }
        }
    }
}

/// The metrics of a process that runs workers.
struct ProcessMetrics: Sendable {
    let registry = MetricsRegistry()

    /// Installs itself as the backend of swift-metrics, which can be done once per process.
    static func bootstrap() -> ProcessMetrics {
        let metrics = ProcessMetrics()
        MetricsSystem.bootstrap(metrics.registry)
        metrics.registry.sampleProcess(version: Version.current)
        return metrics
    }

    /// One server for each address in the workers' configs; each shows the whole process.
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
