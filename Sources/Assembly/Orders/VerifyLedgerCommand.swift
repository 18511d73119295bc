import Orders
import Tape

/// `cointape orders verify`: sums up the ledger again, and compares the data derived from it.
package enum VerifyLedgerCommand {
    /// Prints the account, then `ok` or what is wrong; returns whether all is well.
    package static func run(config: String?, environment: Environment, print: (String) -> Void) async throws -> Bool {
        let places = try OrdersPlaces(config, environment: environment)
        let walk = LedgerWalk(
            ledger: places.ledger, readModel: places.readModel, rates: places.rates, keys: places.keys,
            clock: places.clock)
        var audit = try await walk.run()
        for (place, loss) in try await places.losses() {
            audit.report(
                nil,
                "\(place) says that \(loss); count it: cointape orders raise --sold BTC, with at least \(loss.claim.total.btc)"
            )
        }
        for witness in try await places.witnesses.unreadable() {
            audit.report(nil, "the witness \(witness) cannot be read, and may know of orders that the ledger lacks")
        }
        account(audit).forEach(print)
        audit.notes.lines.forEach { print("note: \($0)") }
        audit.findings.lines.forEach { print("wrong: \($0)") }
        if audit.findings.isEmpty { print("ok") }
        return audit.findings.isEmpty
    }

    private static func account(_ audit: LedgerAudit) -> [String] {
        guard audit.last != nil else { return [] }
        var lines: [String] = []
        if let opening = audit.opening {
            let before = opening.total == Satoshi(0) ? "" : ", when \(opening.total.btc) BTC had been sold"
            lines.append("opened \(opening.opened) for \(opening.kind.rawValue) rates\(before)")
            lines.append("takes \(LedgerTerms.text(of: audit.terms.currencies))")
        }
        for currency in audit.terms.currencies {
            let sums = audit[currency]
            guard sums.count > 0 else { continue }
            lines.append("\(currency.rawValue): \(sums.count) orders, \(sums.amount) for \(sums.satoshi.btc) BTC")
        }
        if let total = audit.total {
            lines.append(
                "\(audit.orders) orders; \(total.btc) BTC sold, \(audit.terms.cap.less(total).btc) of \(audit.terms.cap.btc) left"
            )
        }
        return lines
    }
}
