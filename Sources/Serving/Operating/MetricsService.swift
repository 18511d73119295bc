import Basics
import HTTPServer
package import Logging
import Logs
import ServiceLifecycle
package import Telemetry

/// Serves `/metrics` and `/healthz` on its own address, for workers that serve nothing else.
package struct MetricsService: Service {
    private let server: HTTPServer
    private let logger: Logger

    /// If the port is taken, it is tried again, because no worker should end for its metrics.
    private static let patience: Duration = .seconds(10)

    /// `port` 0 takes any free port.
    package init(host: String, port: Int, registry: MetricsRegistry, logger: Logger) {
        self.logger = logger
        server = HTTPServer([ListenAddress(host: host, port: port)], maxConnections: 64, logger: logger) { address in
            logger.info(.metricsListening, metadata: [LogKey.host: "\(address.host)", LogKey.port: "\(address.port)"])
        } makeResponder: { _ in
            MetricsResponder(MetricsRoute(registry: registry))
        }
    }

    /// Serves until it is told to stop; if the address is taken, that is logged once, and retried.
    package func run() async throws {
        var isTold = false
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await server.run()
            } catch {
                if !isTold { logger.error(.metricsUnavailable, metadata: [LogKey.error: "\(error)"]) }
                isTold = true
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.patience) }
            }
        }
    }
}

private final class MetricsResponder: Responder {
    private let route: MetricsRoute
    let refusals: RouteMetrics? = RouteMetrics("refused")

    init(_ route: MetricsRoute) {
        self.route = route
    }

    func respond(to request: Request) -> Answer {
        Answer(
            .init { () throws(Problem) in
                try request.requireReading()
                switch request.path {
                case "/metrics": return .ready(route.response)
                case "/healthz": return .ready(HealthRoute.alive)
                default: throw .notFound(request.path.excerpt(200), available: ["/healthz", "/metrics"])
                }
            })
    }
}
