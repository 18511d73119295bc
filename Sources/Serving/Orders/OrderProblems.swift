import Basics
import HTTPServer
import Orders
import Redis
import Tape

extension Problem {
    static func unsupportedMediaType(_ type: String, accepted: String) -> Problem {
        var problem = Problem(
            code: "unsupported-media-type", status: 415, title: "The body's type is not read here",
            detail: "Content-Type is \(type.excerpt()); \(accepted) is read.")
        problem.members = [("accepted", .text(accepted))]
        return problem
    }

    /// `text` is the client's input, from which a similar currency is suggested; empty for no suggestion.
    static func noCurrency(_ detail: String, _ text: String, _ currencies: [Currency]) -> Problem {
        let codes = currencies.map(\.rawValue)
        return .badParameter(
            "currency", detail, accepted: codes.joined(separator: ", "),
            nearest: text.isEmpty ? nil : EditDistance.nearest(to: text, among: codes))
    }

    /// The ledger takes the currency, but the newest rates lack it.
    static func currencyUnrated(_ currency: Currency, retryAfter: Int64) -> Problem {
        unavailable(
            "currency-unrated", "There is no rate for the currency",
            "The newest rates have none for \(currency.rawValue), so no order in it can be priced. No order was placed. Somebody "
                + "has to add it to the filter of the feed of rates.",
            retryAfter: retryAfter)
    }

    static func capExceeded(_ requested: Satoshi, total: Satoshi, cap: Satoshi) -> Problem {
        let remaining = cap.less(total)
        var problem = Problem(
            code: "cap-exceeded", status: 409, title: "The order does not fit under the cap",
            detail: "The order is for \(requested.btc) BTC, and \(remaining.btc) of \(cap.btc) BTC are left.")
        problem.members = [
            ("requested_btc", .text(requested.btc)), ("remaining_btc", .text(remaining.btc)),
            ("cap_btc", .text(cap.btc)),
        ]
        return problem
    }

    /// `age` is in seconds; nil if there is no rate at all.
    static func rateStale(_ age: Int?, most: Int, retryAfter: Int64) -> Problem {
        let known = age.map { "The newest rate is \($0) s old" } ?? "There is no rate"
        var problem = unavailable(
            "rate-stale", "There is no rate that is young enough",
            "\(known), and orders are priced by rates of up to \(most) s. No order was placed.", retryAfter: retryAfter)
        problem.members = [
            ("rate_age_s", age.map { .integer($0) } ?? .optionalText(nil)), ("max_rate_age_s", .integer(most)),
        ]
        return problem
    }

    static func ledgerNotOpen(retryAfter: Int64) -> Problem {
        unavailable(
            "ledger-not-open", "The ledger is not open",
            "There is no ledger to write to. Somebody has to look whether it was lost, or was never opened: cointape status.",
            retryAfter: retryAfter)
    }

    /// `loss` is the result of the last check, which may concern another entry than `id`.
    static func ledgerLost(_ id: String, _ loss: LedgerLoss?, retryAfter: Int64) -> Problem {
        let known = loss.flatMap { "\($0.claim.mark.id)" == id ? "\($0)" : nil }
        let detail = known ?? "the entry \(id) was acknowledged, and the ledger no longer has it"
        return unavailable(
            "ledger-lost", "The ledger lacks an acknowledged entry",
            "\(detail.prefix(1).uppercased() + detail.dropFirst()): it was lost, or set back to an older state. "
                + "No order is taken until somebody has counted what is missing: cointape orders verify tells it.",
            retryAfter: retryAfter)
    }

    static func keysLost(_ detail: String, retryAfter: Int64) -> Problem {
        unavailable(
            "keys-lost", "The table of seen keys is not whole",
            "The table of seen keys lacks orders of the ledger: \(detail). An order that is asked for again could be placed "
                + "twice, so none is taken until somebody has repaired it: cointape orders repair.",
            retryAfter: retryAfter)
    }

    static func ledgerDamaged(_ detail: String, retryAfter: Int64) -> Problem {
        let detail = detail.excerpt(300)
        return unavailable(
            "ledger-damaged", "The ledger cannot be read",
            "\(detail.prefix(1).uppercased() + detail.dropFirst()). Somebody has to look: cointape orders verify.",
            retryAfter: retryAfter)
    }

    static func wrongKind(_ kind: DataKind, retryAfter: Int64) -> Problem {
        unavailable(
            "wrong-rates", "The ledger takes other rates",
            "The ledger was opened for \(kind.rawValue) rates, and the newest rates are \(kind.other.rawValue).",
            retryAfter: retryAfter)
    }

    /// Whether the order was placed is not known.
    static func outcomeUnknown(_ why: String, retryAfter: Int64) -> Problem {
        unavailable(
            "outcome-unknown", "Whether the order was placed is not known",
            "\(why). Ask again with the same idempotence_key: that never places it twice, and tells what became of it.",
            retryAfter: retryAfter)
    }

    static func ordersUnavailable(_ why: String, retryAfter: Int64) -> Problem {
        unavailable(
            "orders-unavailable", "Orders cannot be reached now", "\(why). Nothing was placed.", retryAfter: retryAfter)
    }
}
