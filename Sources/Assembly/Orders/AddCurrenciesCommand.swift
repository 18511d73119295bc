import Orders
import Tape

/// `cointape orders currencies`: prints which currencies the ledger takes, or adds some.
package struct AddCurrenciesCommand: Sendable {
    private let added: [Currency]?

    /// Throws an error that says what is wrong and what is accepted.
    package init(add: String?) throws(CommandError) {
        added = try CommandError.reading("--add", add, LedgerTerms.currencies)
    }

    /// Prints the currencies that the ledger takes.
    package func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        guard let before = try await places.explainingDamage({ try await places.history.terms() }) else {
            throw Self.notOpen
        }
        guard let added else {
            print(LedgerTerms.text(of: before.currencies))
            let keyAudit = KeyAudit(ledger: places.ledger, keys: places.keys, clock: places.clock)
            if let shortfall = try await keyAudit.shortfall() {
                throw CommandError(
                    .refused,
                    "these may not be all: the table of seen keys is not whole (\(shortfall)); run cointape orders repair"
                )
            }
            return
        }
        if let known = added.first(where: before.currencies.contains) { throw Self.known(known, before.currencies) }
        try await RunningWorkers(places).requireKnowledge(of: "currencies that were added", print)
        let adder = CurrencyAdder(ledger: places.ledger, keys: places.keys, clock: places.clock)
        switch try await adder.add(added) {
        case .added(let id, let all):
            print("added by \(id): the ledger takes \(LedgerTerms.text(of: all))")
            let terms = LedgerTerms(cap: before.cap, currencies: all)
            await places.printUnrated(terms, print)
        case .known(let currency): throw Self.known(currency, before.currencies)
        case .tooMany:
            throw CommandError(
                .refused,
                "the ledger takes \(before.currencies.count) currencies, and may take \(LedgerTerms.mostCurrencies)")
        case .notOpen: throw Self.notOpen
        case .keysLost(let detail):
            throw CommandError(
                .refused, "the table of seen keys is not whole: \(detail); first run cointape orders repair")
        case .damaged(let detail): throw CommandError(.refused, "\(detail); cointape orders verify tells more")
        }
    }

    private static let notOpen = CommandError(
        .refused,
        "the ledger is not open, so it has no currencies: cointape orders open --currencies tells it which to take")

    private static func known(_ currency: Currency, _ all: [Currency]) -> CommandError {
        CommandError(
            .refused, "the ledger takes \(currency.rawValue) already: \(LedgerTerms.text(of: all)); nothing was added")
    }
}
