import CoreMetrics
import Logging
import ServiceLifecycle
import Serving
import Tape
import Telemetry

/// The metrics of a process that runs workers.
struct Metrics: Sendable {
    let registry = MetricsRegistry()

    /// Takes over swift-metrics for the process, which may be done once.
    static func bootstrap() -> Metrics {
        let metrics = Metrics()
        MetricsSystem.bootstrap(metrics.registry)
        metrics.registry.sampleProcess(version: Version.current)
        return metrics
    }

    /// One server for each address that the workers' configs name: all show the whole process.
    func servers(_ files: [ConfigFiles.File], logger: (WorkerSettings) -> Logger) -> [any Service] {
        var known = Set<MetricsAddress>()
        return files.compactMap { file in
            let settings = file.config.settings
            guard let address = settings.metrics, known.insert(address).inserted else { return nil }
            return MetricsService(
                host: address.host, port: address.port, registry: registry, logger: logger(settings))
        }
    }
}
