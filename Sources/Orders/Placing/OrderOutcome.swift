import Basics
package import Redis
package import Tape

/// The answers of `create_order.lua`.
package enum OrderOutcome: Equatable, Sendable {
    /// The order was placed now.
    case new(LedgerClaim)
    /// The order had already been placed; also says whether the entry that was known still exists.
    case seen(LedgerOrder, hasKnown: Bool)
    /// The order would be placed; the total so far, and the cap.
    case quoted(total: Satoshi, cap: Satoshi)
    /// The order had not been placed, and there was no offer.
    case noOffer
    /// The offer is not valid yet, or no longer, by Redis' clock.
    case rateStale
    /// The ledger takes these currencies, but not the order's.
    case noCurrency([Currency])
    /// The order would exceed the cap; the total so far, and the cap.
    case capExceeded(total: Satoshi, cap: Satoshi)
    /// There is no ledger.
    case notOpen
    /// An entry that was known is missing.
    case ledgerLost(String)
    /// The table of seen keys lacks orders of the ledger; says how, in words.
    case keysLost(String)
    /// The ledger takes rates of this kind, and the offer has the other.
    case wrongKind(DataKind)
    /// The ledger contains something that the script never wrote; says what, in words.
    case damaged(String)

    /// Reads the script's reply; `tail` is the one that was passed to it.
    package init(_ reply: RedisReply, tail: OrderTail) throws(RedisError) {
        let parts = reply.array ?? []
        let detail = parts.count > 1 ? parts[1].text ?? "" : ""
        switch parts.first?.text {
        case "seen":
            guard parts.count == 4, let entry = TapeEntry(.array([parts[1], parts[2]])) else { throw Self.foreign }
            do throws(DamagedEntry) {
                self = .seen(try LedgerOrder(entry), hasKnown: parts[3].text == "1")
            } catch {
                self = .damaged("\(error)")
            }
        case "new":
            guard let id = StreamID(detail), parts.count == 3, let total = parts[2].text,
                let total = Satoshi(digits: total.utf8)
            else { throw Self.foreign }
            self = .new(LedgerClaim(mark: LedgerMark(id: id, tail: tail), total: total))
        case "no-offer": self = .noOffer
        case "rate-stale": self = .rateStale
        case "cap-exceeded", "quote":
            guard let total = Satoshi(digits: detail.utf8), parts.count == 3,
                let cap = parts[2].text.flatMap({ LedgerTerms.cap(digits: $0) })
            else { throw Self.foreign }
            self = parts[0].text == "quote" ? .quoted(total: total, cap: cap) : .capExceeded(total: total, cap: cap)
        case "no-currency":
            guard let currencies = try? LedgerTerms.currencies(detail) else {
                self = .damaged("the ledger's list of currencies cannot be read: \(detail.prefix(100))")
                return
            }
            self = .noCurrency(currencies)
        case "not-open": self = .notOpen
        case "ledger-lost": self = .ledgerLost(detail)
        case "keys-lost": self = .keysLost(detail)
        case "wrong-kind":
            guard let kind = DataKind(rawValue: detail) else { throw Self.foreign }
            self = .wrongKind(kind)
        case "damaged": self = .damaged(detail)
        default: throw Self.foreign
        }
    }

    private static var foreign: RedisError {
        RedisError(
            .unexpectedReply, command: "create_order.lua", message: "a reply that the script does not make here")
    }
}
