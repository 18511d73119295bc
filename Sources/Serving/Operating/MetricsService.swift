import Basics
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import Logs
import ServiceLifecycle
package import Telemetry

/// Serves `/metrics`, and `/healthz`, on an address of its own: for workers that serve nothing else.
package struct MetricsService: Service {
    private let listener: Listener
    private let logger: Logger

    /// A port that is taken may be free later, and no worker ends for its metrics' sake.
    private static let patience: Duration = .seconds(10)

    /// `port` 0 takes any that is free.
    package init(host: String, port: Int, registry: MetricsRegistry, logger: Logger) {
        let route = MetricsRoute(registry: registry)
        let channel = GuardedHTTPChannel(HTTPLimits()) { request, writer, _ in
            let response = Self.answer(request, route)
            try await writer.write(response: response.head, body: response.body)
        }
        self.logger = logger
        listener = Listener(
            address: APIConfig.Address(host: host, port: port), maxConnections: 64, channel: channel, logger: logger
        ) { address in
            logger.info(.metricsListening, metadata: [LogKey.host: "\(address.host)", LogKey.port: "\(address.port)"])
        }
    }

    /// Serves until it is told to stop; an address that is taken is told once, and tried again.
    package func run() async throws {
        var isTold = false
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await listener.run()
            } catch {
                if !isTold { logger.error(.metricsUnavailable, metadata: [LogKey.error: "\(error)"]) }
                isTold = true
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.patience) }
            }
        }
    }

    private static func answer(_ request: Request, _ route: MetricsRoute) -> Response {
        var response: Response
        do throws(Problem) {
            try APIResponder.requireReading(request)
            switch RequestTarget(request.head.path ?? "/").path {
            case "/metrics": response = route.answer
            case "/healthz": response = HealthRoute.alive
            case let path: throw .notFound(path.excerpt(200), available: ["/healthz", "/metrics"])
            }
        } catch {
            response = error.response
        }
        if request.method == .head { response = response.createHeadResponse() }
        response.headers[.date] = Timestamp.machineTime.httpDate
        return response
    }
}
