import Basics
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
import ServiceLifecycle
package import Telemetry

/// Serves `/metrics`, and `/healthz`, on an address of its own: for workers that serve nothing else.
package struct MetricsService: Service {
    private let listener: Listener

    /// `port` 0 takes any that is free.
    package init(host: String, port: Int, registry: MetricsRegistry, logger: Logger) {
        let route = MetricsRoute(registry: registry)
        let channel = GuardedHTTPChannel(HTTPLimits()) { request, writer, _ in
            let response = Self.answer(request, route)
            try await writer.write(response: response.head, body: response.body)
        }
        listener = Listener(
            address: APIConfig.Address(host: host, port: port), maxConnections: 64, channel: channel, logger: logger,
            onListening: { _ in })
    }

    package func run() async throws {
        try await listener.run()
    }

    private static func answer(_ request: Request, _ route: MetricsRoute) -> Response {
        var response: Response
        do throws(Problem) {
            try APIResponder.requireReading(request)
            switch RequestTarget(request.head.path ?? "/").path {
            case "/metrics": response = route.answer
            case "/healthz": response = HealthRoute.alive
            case let path: throw .notFound(String(path.prefix(200)), available: ["/healthz", "/metrics"])
            }
        } catch {
            response = error.response
        }
        if request.method == .head { response = response.createHeadResponse() }
        response.headers[.date] = Timestamp.machineTime.httpDate
        return response
    }
}
