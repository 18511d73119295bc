import Basics
import HTTPServer
import JSON
import Orders
import Redis
import Tape

/// `GET /buy_orders` and the paths below it: pages of orders, one order, and statistics.
struct OrderHistoryRoute: Sendable {
    let history: OrderHistory
    let ledger: LedgerSnapshot
    let clock: TapeClock

    func page(_ query: QueryString) async throws(Problem) -> Response {
        let query = try OrderPageQuery(query, currencies: ledger.currencies)
        if let currency = query.currency, !ledger.currencies.contains(currency) {
            // Currencies may have been added a moment ago, and a currency that the ledger's table lost may still have orders.
            let (terms, folded) = try await read { (try await history.terms(), try await history.statistics()) }
            let currencies = terms?.currencies ?? ledger.currencies
            guard currencies.contains(currency) || folded.currencies.contains(currency) else {
                throw OrderPageQuery.noOrders(in: currency.rawValue, currencies)
            }
        }
        let page = try await read {
            try await history.page(before: query.reference, currency: query.currency, size: query.size)
        }
        let link = page.next.map { "<\(query.location(behind: $0))>; rel=\"next\"" }
        return OrderJSON.response(link.map { [(.link, $0)] } ?? []) { writer in
            writer.name("rows")
            writer.array { writer in
                for order in page.orders { writer.object { $0.members(of: order) } }
            }
            writer.member("last_reference", page.next.map { "\($0)" })
        }
    }

    func order(_ text: some StringProtocol) async throws(Problem) -> Response {
        guard let id = OrderID(text) else { throw Self.missing(text) }
        guard let order = try await read({ try await history.order(id) }) else { throw Self.missing(text) }
        return OrderJSON.response { $0.members(of: order) }
    }

    /// The sums of the read model, as of its last order, and the cap, as of the ledger's last entry.
    func statistics() async throws(Problem) -> Response {
        let (statistics, total, terms) = try await read {
            async let newest = history.newestEntry()
            async let terms = history.terms()
            return (try await history.statistics(), try await newest?.total, try await terms)
        }
        guard let total, let terms else {
            throw .ledgerNotOpen(retryAfter: clock.positiveHeaderSeconds(.seconds(60)))
        }
        return OrderJSON.response { $0.members(of: statistics, terms, total: total) }
    }

    private static func missing(_ text: some StringProtocol) -> Problem {
        Problem(
            code: "no-such-order", status: 404, title: "There is no such order",
            detail: "There is no order \(text.excerpt()).")
    }

    private func read<Value>(_ body: () async throws -> Value) async throws(Problem) -> Value {
        let soon = clock.positiveHeaderSeconds(.seconds(1))
        do {
            return try await body()
        } catch let error as DamagedEntry {
            throw .ledgerDamaged("\(error)", retryAfter: clock.positiveHeaderSeconds(.seconds(60)))
        } catch is ReadModelBehind {
            throw .unavailable(
                "read-model-behind", "The orders of one currency are not available now",
                "Too many orders wait to be projected; without currency they can be read.", retryAfter: soon)
        } catch let error as DamagedReadModel {
            throw .unavailable(
                "read-model-damaged", "The read model of orders cannot be read",
                "\("\(error)".excerpt(300)). Somebody has to make it anew: cointape orders rebuild.",
                retryAfter: clock.positiveHeaderSeconds(.seconds(60)))
        } catch {
            throw .unavailable(
                "orders-unavailable", "Orders cannot be reached now", "Redis, which holds them, does not answer.",
                retryAfter: soon)
        }
    }
}
