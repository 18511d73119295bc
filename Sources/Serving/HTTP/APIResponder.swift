import Basics
import HTTPTypes
import Hummingbird

/// All routes of the api.
struct APIResponder: Sendable {
    let lists: ListRoute
    /// nil for an api that takes no orders.
    let orders: OrderRoutes?
    let health: HealthRoute
    let contract: ContractRoute
    let metrics: MetricsRoute
    let counts: RouteMetrics
    let date: DateField

    static let server = "cointape"

    func respond(to request: Request) async -> Response {
        let began = ContinuousClock.now
        let target = RequestTarget(request.head.path ?? "/")
        var response: Response
        do throws(Problem) {
            response = try await answer(request, target)
        } catch {
            response = error.response
        }
        if request.method == .head { response = response.createHeadResponse() }
        response.headers[.date] = date.text(Timestamp.machineTime)
        response.headers[.server] = Self.server
        counts.answered(
            Self.route(target.path), status: Int(response.status.code), after: ContinuousClock.now - began)
        return response
    }

    private func answer(_ request: Request, _ target: RequestTarget) async throws(Problem) -> Response {
        switch target.path {
        case "/":
            try Self.requireReading(request)
            return try await lists.answer(query: target.query, headers: request.headers)
        case "/healthz":
            try Self.requireReading(request, without: target.query)
            return HealthRoute.alive
        case "/openapi.yaml":
            try Self.requireReading(request, without: target.query)
            return contract.answer(request.headers)
        case "/readyz":
            try Self.requireReading(request)
            return try health.ready(target.query)
        case "/metrics":
            try Self.requireReading(request, without: target.query)
            return metrics.answer
        case "*": throw .methodNotAllowed(request.method.rawValue, allowed: "GET, HEAD, PUT")
        default:
            if let response = try await orders?.answer(request, target) { return response }
            throw .notFound(
                target.path.excerpt(200), available: Self.paths + (orders == nil ? [] : OrderRoutes.paths))
        }
    }

    private static let paths = ["/", "/healthz", "/metrics", "/openapi.yaml", "/readyz"]

    /// A path's name among few.
    private static func route(_ path: Substring) -> String {
        routes[path] ?? (path.hasPrefix("/buy_orders/") ? "/buy_orders/<id>" : "other")
    }

    private static let routes = Dictionary(
        uniqueKeysWithValues: (paths + OrderRoutes.paths).map { (Substring($0), $0) })

    static func requireReading(_ request: Request) throws(Problem) {
        guard request.method == .get || request.method == .head else {
            throw .methodNotAllowed(request.method.rawValue, allowed: "GET, HEAD")
        }
    }

    static func requireReading(_ request: Request, without query: Substring) throws(Problem) {
        try requireReading(request)
        _ = try QueryString(query).values(of: [])
    }
}
