import Basics
import HTTPServer

/// Answers the requests to an api worker, on one event loop.
final class APIResponder: Responder {
    private let lists: ListRoute
    private let table: RouteTable
    private let others = RouteMetrics("other")
    let refusals: RouteMetrics? = RouteMetrics("refused")
    let methods = "GET, HEAD, PUT"

    /// `others` are the routes of optional parts of the config: orders, history.
    init(
        lists: ListRoute, others: [Route], health: HealthRoute, contract: ContractRoute, metrics: MetricsRoute
    ) {
        self.lists = lists
        table = RouteTable(
            [
                .reading("/healthz") { _ in .ready(HealthRoute.alive) },
                .reading("/metrics") { _ in .ready(metrics.response) },
                .reading("/openapi.yaml") { (request) throws(Problem) in .ready(try contract.response(to: request)) },
                Route("/readyz") { (request) throws(Problem) in
                    try request.requireReading()
                    return .ready(try health.ready(request.query))
                },
            ] + others)
    }

    func respond(to request: Request) -> Answer {
        // Nearly all requests are for lists.
        if request.path == ListRoute.path {
            return Answer(.init { () throws(Problem) in try lists.respond(to: request) }, lists.counts)
        }
        if let route = table[request.path] {
            return Answer(.init { () throws(Problem) in try route.respond(request) }, route.metrics)
        }
        let problem: Problem =
            request.path == "*"
            ? .methodNotAllowed(request.method.rawValue, allowed: methods)
            : .notFound(request.path.excerpt(200), available: [ListRoute.path] + table.paths)
        return Answer(.ready(problem.response), others)
    }
}
