import HTTPServer
import Telemetry

/// `/metrics`: what the process counts, in Prometheus' text format.
struct MetricsRoute: Sendable {
    let registry: MetricsRegistry

    var response: Response { .text(registry.text, MetricsRegistry.mediaType) }
}
