import HTTPServer

/// The routes of orders, on one event loop.
///
/// What waits for Redis does so in a task on the loop that has its replies.
final class OrderRoutes {
    private let placing: PlaceOrderRoute
    private let history: OrderHistoryRoute
    private let loop: ServerLoop

    init(placing: PlaceOrderRoute, history: OrderHistoryRoute, loop: ServerLoop) {
        self.placing = placing
        self.history = history
        self.loop = loop
    }

    static let paths = ["/buy_order", "/buy_orders", "/buy_orders/<id>", "/buy_orders/stats"]

    /// nil for a path that is none of these.
    func respond(to request: Request) throws(Problem) -> Answer.Outcome? {
        let (placing, history) = (placing, history)
        switch request.path {
        case "/buy_order":
            guard request.method == .put else {
                throw .methodNotAllowed(request.method.rawValue, allowed: "PUT")
            }
            _ = try request.query.values(of: [])
            return loop.task { () async throws(Problem) in try await placing.respond(to: request) }
        case "/buy_orders":
            try request.requireReading()
            let query = request.query
            return loop.task { () async throws(Problem) in try await history.page(query) }
        case "/buy_orders/stats":
            try request.requireReading(parameters: [])
            return loop.task { () async throws(Problem) in try await history.statistics() }
        case let path:
            guard path.hasPrefix("/buy_orders/") else { return nil }
            let id = path.dropFirst("/buy_orders/".count)
            guard !id.isEmpty, !id.utf8.contains(UInt8(ascii: "/")) else { return nil }
            try request.requireReading(parameters: [])
            return loop.task { () async throws(Problem) in try await history.order(id) }
        }
    }
}
