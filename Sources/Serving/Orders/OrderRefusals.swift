import Basics
import HTTPServer
import Orders
import Redis
import Tape

/// What clients are told whose order is not placed.
struct OrderRefusals: Sendable {
    let expectedEntries: ExpectedEntries
    let maxRateAge: Duration
    let clock: TapeClock

    /// The refusal of an order, or of a quote, in this currency.
    func problem(
        _ outcome: OrderOutcome, _ currency: Currency, _ offer: Offer?, _ rates: BTCRates?
    ) -> Problem {
        switch outcome {
        case .capExceeded(let total, let cap):
            return .capExceeded(offer?.satoshi ?? Satoshi(0), total: total, cap: cap)
        case .noCurrency(let currencies):
            let code = currency.rawValue
            return .noCurrency("Orders cannot be paid in \(code).", code, currencies)
        case .noOffer where expectedEntries.loss != nil && !expectedEntries.isKnown:
            return .ledgerLost(
                expectedEntries.loss.map { "\($0.claim.mark.id)" } ?? "", expectedEntries.loss,
                retryAfter: later)
        case .noOffer where !expectedEntries.isKnown:
            return .ordersUnavailable(
                "This api has not yet read what it must know of older orders (\(expectedEntries.obstacle)), so whether "
                    + "the ledger is complete is not known", retryAfter: soon)
        case .noOffer where rates.map({ $0.isYoung(maxRateAge, clock) && $0.rates[currency] == nil }) == true:
            return .currencyUnrated(currency, retryAfter: later)
        case .noOffer, .rateStale, .new, .seen, .quoted:
            let age = rates.map { Int(max(0, (clock.now - $0.minute.start).components.seconds)) }
            let most = Int(maxRateAge.components.seconds)
            return .rateStale(age, most: most, retryAfter: clock.positiveHeaderSeconds(.seconds(10)))
        case .notOpen: return .ledgerNotOpen(retryAfter: later)
        case .ledgerLost(let id): return .ledgerLost(id, expectedEntries.loss, retryAfter: later)
        case .keysLost(let detail): return .keysLost(detail, retryAfter: later)
        case .wrongKind(let kind): return .wrongKind(kind, retryAfter: later)
        case .damaged(let detail): return .ledgerDamaged(detail, retryAfter: later)
        }
    }

    /// If the command was not sent, the order was not placed; without a reply, it may have been.
    ///
    /// With `places` false, nothing could have been placed.
    func problem(_ error: RedisError, places: Bool = true) -> Problem {
        switch error.code {
        case _ where !places && error.isOutcomeUnknown:
            .ordersUnavailable("Redis, which holds the ledger, does not answer", retryAfter: soon)
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

    /// The retry delay for what passes by itself.
    var soon: Int64 { clock.positiveHeaderSeconds(.seconds(1)) }
    /// The retry delay if a person has to fix something.
    var later: Int64 { clock.positiveHeaderSeconds(.seconds(60)) }
}

extension RedisError {
    /// Whether the script may have run.
    fileprivate var isOutcomeUnknown: Bool {
        switch code {
        case .timeout, .connectionLost, .protocolViolation, .unexpectedReply: true
        case .unavailable, .server: false
        }
    }
}
