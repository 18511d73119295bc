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
    let maxRateAge: Duration
    let clock: TapeClock

    private static let taken = Counter(.orders, [("outcome", "taken")])
    private static let replayed = Counter(.orders, [("outcome", "replayed")])

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
            throw problem(error)
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
        case .unconfirmable(let why): throw .ordersUnavailable(why, retryAfter: later)
        case .unsafe(let why): throw .outcomeUnknown("The order stands, but \(why)", retryAfter: soon)
        case .refused(let outcome, let offer): throw refusal(outcome, request, offer, rates)
        }
    }

    private func refusal(
        _ outcome: OrderOutcome, _ request: OrderRequest, _ offer: Offer?, _ rates: BTCRates?
    ) -> Problem {
        switch outcome {
        case .capExceeded(let total, let cap):
            return .capExceeded(offer?.satoshi ?? Satoshi(0), total: total, cap: cap)
        case .noCurrency(let currencies):
            let code = request.currency.rawValue
            return .noCurrency("Orders cannot be paid in \(code).", code, currencies)
        case .noOffer where placer.expectedEntries.loss != nil && !placer.expectedEntries.isKnown:
            return .ledgerLost(
                placer.expectedEntries.loss.map { "\($0.claim.mark.id)" } ?? "", placer.expectedEntries.loss,
                retryAfter: later)
        case .noOffer where !placer.expectedEntries.isKnown:
            return .ordersUnavailable(
                "This api has not yet read what it must know of older orders (\(placer.expectedEntries.obstacle)), so whether "
                    + "the ledger is complete is not known", retryAfter: soon)
        case .noOffer where rates.map({ $0.isYoung(maxRateAge, clock) && $0.rates[request.currency] == nil }) == true:
            return .currencyUnrated(request.currency, retryAfter: later)
        case .noOffer, .rateStale, .new, .seen:
            let age = rates.map { Int(max(0, (clock.now - $0.minute.start).components.seconds)) }
            let most = Int(maxRateAge.components.seconds)
            return .rateStale(age, most: most, retryAfter: clock.positiveHeaderSeconds(.seconds(10)))
        case .notOpen: return .ledgerNotOpen(retryAfter: later)
        case .ledgerLost(let id): return .ledgerLost(id, placer.expectedEntries.loss, retryAfter: later)
        case .keysLost(let detail): return .keysLost(detail, retryAfter: later)
        case .wrongKind(let kind): return .wrongKind(kind, retryAfter: later)
        case .damaged(let detail): return .ledgerDamaged(detail, retryAfter: later)
        }
    }

    /// If the command was not sent, the order was not placed; without a reply, it may have been.
    private func problem(_ error: RedisError) -> Problem {
        switch error.code {
        case .timeout, .connectionLost, .protocolViolation:
            .outcomeUnknown("Redis did not answer before the connection to it ended", retryAfter: soon)
        case .unexpectedReply: .outcomeUnknown("Redis answered what cannot be read", retryAfter: soon)
        case .unavailable: .ordersUnavailable("Redis, which holds the ledger, does not answer", retryAfter: soon)
        // Redis refuses a script before its first write, or not at all.
        case .server("WRONGTYPE"): .ledgerDamaged("a key of the ledger is of another type", retryAfter: later)
        // The message names the command that is not allowed, but no user.
        case .server("NOPERM"):
            .ordersUnavailable("Redis, which holds the ledger, refuses: \(error.message)", retryAfter: later)
        case .server("TRYAGAIN"):
            .ordersUnavailable("the ledger's slot moves to another node of the Redis cluster", retryAfter: soon)
        case .server("CLUSTERDOWN"):
            .ordersUnavailable("the node of the Redis cluster that holds the ledger is missing", retryAfter: soon)
        case .server(let kind):
            .ordersUnavailable("Redis, which holds the ledger, refuses: \(kind)", retryAfter: soon)
        }
    }

    private var soon: Int64 { clock.positiveHeaderSeconds(.seconds(1)) }
    /// The retry delay if a person has to fix something.
    private var later: Int64 { clock.positiveHeaderSeconds(.seconds(60)) }
}
