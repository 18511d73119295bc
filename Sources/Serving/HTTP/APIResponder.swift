import Basics
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// All routes of the api.
struct APIResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let lists: ListRoute
    let health: HealthRoute

    func respond(to request: Request, context: Context) async throws -> Response {
        do throws(Problem) {
            let response = try await answer(request)
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return request.method == .head ? error.response.createHeadResponse() : error.response
        }
    }

    private func answer(_ request: Request) async throws(Problem) -> Response {
        let target = (request.head.path ?? "/").split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = target.first ?? "/"
        let query = target.count > 1 ? target[1] : ""
        switch path {
        case "/", "":
            try Self.requireReading(request)
            return try await lists.answer(query: query, accept: request.headers[.accept])
        case "/healthz":
            try Self.requireReading(request)
            return health.alive
        case "/readyz":
            try Self.requireReading(request)
            return health.ready
        default:
            throw .notFound(String(path.prefix(200)))
        }
    }

    private static func requireReading(_ request: Request) throws(Problem) {
        guard request.method == .get || request.method == .head else {
            throw .methodNotAllowed(request.method.rawValue, allowed: "GET, HEAD")
        }
    }
}
