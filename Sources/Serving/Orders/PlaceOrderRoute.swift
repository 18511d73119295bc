import Basics
import CoreMetrics
import HTTPServer
import HTTPTypes
import JSON
import NIOCore
import Orders
import Redis
import Tape
import Telemetry

/// `PUT /buy_order`: places an order, or finds the one with its key.
struct PlaceOrderRoute: Sendable {
    let placer: OrderPlacer
    let rates: CurrentRates
    let ledger: LedgerSnapshot
    let refusals: OrderRefusals

    private static let taken = Counter(.orders, [("outcome", "taken")])
    private static let replayed = Counter(.orders, [("outcome", "replayed")])

    /// Has counters begin with zero for what alerts watch: the first refusal is then an increase too.
    static func beginCounting() {
        for code in [
            "ledger-not-open", "ledger-lost", "ledger-damaged", "keys-lost", "wrong-rates", "rate-stale",
            "currency-unrated", "orders-unavailable", "outcome-unknown", "cap-exceeded",
        ] {
            Counter(.orders, [("outcome", code)]).increment(by: 0)
        }
    }

    func respond(to request: Request) async throws(Problem) -> Response {
        do throws(Problem) {
            let order = try OrderBody.request(
                Array(request.body.readableBytesView), type: request[.contentType],
                keys: request.values(of: .idempotencyKey), currencies: ledger.currencies)
            return try await submit(order)
        } catch {
            Counter(.orders, [("outcome", error.code)]).increment()
            throw error
        }
    }

    private func submit(_ order: OrderRequest) async throws(Problem) -> Response {
        let known = rates.current
        let placement: OrderPlacer.Placement
        do throws(RedisError) {
            placement = try await placer.place(order, rates: known)
        } catch {
            throw refusals.problem(error)
        }
        return try response(placement, order, known)
    }

    private func response(
        _ placement: OrderPlacer.Placement, _ request: OrderRequest, _ rates: BTCRates?
    ) throws(Problem) -> Response {
        switch placement {
        case .order(let order, let isReplay):
            (isReplay ? Self.replayed : Self.taken).increment()
            return OrderJSON.response(isReplay ? [(.idempotentReplayed, "true")] : []) { writer in
                writer.member("idempotence_key", "\(request.key)")
                writer.name("buy_order")
                writer.object { $0.members(of: order) }
            }
        case .unconfirmable(let why): throw .ordersUnavailable(why, retryAfter: refusals.later)
        case .unsafe(let why): throw .outcomeUnknown("The order stands, but \(why)", retryAfter: refusals.soon)
        case .refused(let outcome, let offer): throw refusals.problem(outcome, request.currency, offer, rates)
        }
    }
}
