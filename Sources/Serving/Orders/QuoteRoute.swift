import Basics
import HTTPServer
import JSON
import Orders
import Redis
import Tape

/// `GET /quote`: what an amount would buy now, and whether it fits under the cap; places nothing.
struct QuoteRoute: Sendable {
    let placer: OrderPlacer
    let rates: CurrentRates
    let ledger: LedgerSnapshot
    let refusals: OrderRefusals

    static let parameters: [StaticString] = ["currency", "amount"]

    func respond(to query: QueryString) async throws(Problem) -> Response {
        let values = try query.values(of: Self.parameters)
        let currency = try OrderBody.currency(values["currency"].map { .string($0) }, ledger.currencies)
        let amount = try OrderBody.amount(values["amount"].map { .string($0) })
        let known = rates.current
        let quote: OrderPlacer.Quote
        do throws(RedisError) {
            quote = try await placer.quote(amount, in: currency, rates: known)
        } catch {
            throw refusals.problem(error, places: false)
        }
        switch quote {
        case .unconfirmable(let why): throw .ordersUnavailable(why, retryAfter: refusals.later)
        case .refused(let outcome): throw refusals.problem(outcome, currency, nil, known)
        case .quote(let offer, let fits, let total, let cap):
            return OrderJSON.response { writer in
                writer.member("currency", currency.rawValue)
                writer.member("currency_amount", "\(amount)")
                writer.member("btc_rate", "\(offer.rate)")
                writer.member("rate_minute", "\(offer.rateMinute)")
                writer.member("btc_amount", "\(offer.satoshi.btc)")
                writer.name("fits")
                writer.bool(fits)
                writer.member("remaining_btc", "\(cap.less(total).btc)")
                writer.member("cap_btc", "\(cap.btc)")
            }
        }
    }
}
