import Basics
import Hummingbird
import Orders

/// The routes of orders.
struct OrderRoutes: Sendable {
    let place: PlaceOrderRoute
    let history: OrderHistoryRoute

    static let paths = ["/buy_order", "/buy_orders", "/buy_orders/<id>", "/buy_orders/stats"]

    /// nil for a path that is none of these.
    func answer(_ request: Request, _ target: RequestTarget) async throws(Problem) -> Response? {
        switch target.path {
        case "/buy_order":
            guard request.method == .put else { throw .methodNotAllowed(request.method.rawValue, allowed: "PUT") }
            _ = try QueryString(target.query).values(of: [])
            return try await place.answer(request).response
        case "/buy_orders":
            try APIResponder.requireReading(request)
            return try await history.page(target.query)
        case "/buy_orders/stats":
            try APIResponder.requireReading(request, without: target.query)
            return try await history.statistics()
        default:
            guard target.path.hasPrefix("/buy_orders/") else { return nil }
            let id = target.path.dropFirst("/buy_orders/".count)
            guard !id.isEmpty, !id.utf8.contains(UInt8(ascii: "/")) else { return nil }
            try APIResponder.requireReading(request, without: target.query)
            return try await history.order(id)
        }
    }
}
