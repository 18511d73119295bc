import Basics
import HTTPServer

/// The routes of an api worker, on one event loop.
final class APIResponder: Responder {
    private let lists: ListRoute
    /// nil for an api that takes no orders.
    private let orders: OrderRoutes?
    private let health: HealthRoute
    private let contract: ContractRoute
    private let metrics: MetricsRoute
    private let counts: [String: RouteMetrics]
    private let others = RouteMetrics("other")
    let refusals: RouteMetrics? = RouteMetrics("refused")

    init(
        lists: ListRoute, orders: OrderRoutes?, health: HealthRoute, contract: ContractRoute, metrics: MetricsRoute
    ) {
        self.lists = lists
        self.orders = orders
        self.health = health
        self.contract = contract
        self.metrics = metrics
        counts = Dictionary(
            uniqueKeysWithValues: (Self.paths.dropFirst() + OrderRoutes.paths).map { ($0, RouteMetrics($0)) })
    }

    private static let paths = [ListRoute.path, "/healthz", "/metrics", "/openapi.yaml", "/readyz"]

    func respond(to request: Request) -> Answer {
        // Nearly all requests are for lists.
        if request.path == ListRoute.path {
            return Answer(.init { () throws(Problem) in try lists.respond(to: request) }, lists.counts)
        }
        return Answer(.init { () throws(Problem) in try outcome(of: request) }, counts(for: request.path))
    }

    private func counts(for path: String) -> RouteMetrics {
        counts[path.hasPrefix("/buy_orders/") && path != "/buy_orders/stats" ? "/buy_orders/<id>" : path] ?? others
    }

    private func outcome(of request: Request) throws(Problem) -> Answer.Outcome {
        switch request.path {
        case "/healthz":
            try request.requireReading(parameters: [])
            return .ready(HealthRoute.alive)
        case "/openapi.yaml":
            try request.requireReading(parameters: [])
            return .ready(try contract.response(to: request))
        case "/readyz":
            try request.requireReading()
            return .ready(try health.ready(request.query))
        case "/metrics":
            try request.requireReading(parameters: [])
            return .ready(metrics.response)
        case "*": throw .methodNotAllowed(request.method.rawValue, allowed: "GET, HEAD, PUT")
        default:
            if let outcome = try orders?.respond(to: request) { return outcome }
            throw .notFound(
                request.path.excerpt(200), available: Self.paths + (orders == nil ? [] : OrderRoutes.paths))
        }
    }
}

extension Request {
    func requireReading() throws(Problem) {
        guard method == .get || method == .head else {
            throw .methodNotAllowed(method.rawValue, allowed: "GET, HEAD")
        }
    }

    /// Also throws for parameters other than these.
    func requireReading(parameters: [StaticString]) throws(Problem) {
        try requireReading()
        _ = try query.values(of: parameters)
    }
}
