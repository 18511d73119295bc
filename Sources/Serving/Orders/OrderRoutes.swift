import HTTPServer

/// The routes of orders.
///
/// Handlers that wait for Redis run in a task on the loop that receives its replies.
enum OrderRoutes {
    /// The routes for one event loop.
    static func all(
        placing: PlaceOrderRoute, quote: QuoteRoute, history: OrderHistoryRoute, loop: ServerLoop
    ) -> [Route] {
        [
            Route("/buy_order") { (request) throws(Problem) in
                guard request.method == .put else {
                    throw .methodNotAllowed(request.method.rawValue, allowed: "PUT")
                }
                _ = try request.query.values(of: [])
                return loop.task { () async throws(Problem) in try await placing.respond(to: request) }
            },
            Route("/quote") { (request) throws(Problem) in
                try request.requireReading()
                let query = request.query
                return loop.task { () async throws(Problem) in try await quote.respond(to: query) }
            },
            Route("/buy_orders") { (request) throws(Problem) in
                try request.requireReading()
                let query = request.query
                return loop.task { () async throws(Problem) in try await history.page(query) }
            },
            .reading("/buy_orders/<id>") { request in
                let id = request.segment(1)
                return loop.task { () async throws(Problem) in try await history.order(id) }
            },
            .reading("/buy_orders/stats") { _ in
                loop.task { () async throws(Problem) in try await history.statistics() }
            },
        ]
    }
}
