import Basics
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// All routes of the api.
struct APIResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let lists: ListRoute
    /// nil for an api that takes no orders.
    let orders: OrderRoutes?
    let health: HealthRoute
    let contract: ContractRoute

    func respond(to request: Request, context: Context) async throws -> Response {
        do throws(Problem) {
            let response = try await answer(request)
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return request.method == .head ? error.response.createHeadResponse() : error.response
        }
    }

    private func answer(_ request: Request) async throws(Problem) -> Response {
        let target = RequestTarget(request.head.path ?? "/")
        switch target.path {
        case "/":
            try Self.requireReading(request)
            return try await lists.answer(query: target.query, headers: request.headers)
        case "/healthz":
            try Self.requireReading(request, without: target.query)
            return health.alive
        case "/openapi.yaml":
            try Self.requireReading(request, without: target.query)
            return contract.answer(request.headers)
        case "/readyz":
            try Self.requireReading(request, without: target.query)
            return try health.ready()
        case "*": throw .methodNotAllowed(request.method.rawValue, allowed: "GET, HEAD, PUT")
        default:
            if let response = try await orders?.answer(request, target) { return response }
            throw .notFound(
                String(target.path.prefix(200)), available: Self.paths + (orders == nil ? [] : OrderRoutes.paths))
        }
    }

    private static let paths = ["/", "/healthz", "/openapi.yaml", "/readyz"]

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
