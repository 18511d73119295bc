import Orders
import Tape

/// `cointape orders raise`: a person says that more was sold than the ledger shows.
package struct RaiseTotalCommand: Sendable {
    private let sold: Satoshi

    /// Throws what is wrong with the option, and would be right.
    package init(sold: String) throws(CommandError) {
        guard let sold = Satoshi(btc: sold), sold <= LedgerTerms.highestCap else {
            throw CommandError(
                .option,
                "--sold should be BTC from 0 to \(LedgerTerms.highestCap.btc), with at most 8 decimals, such as 1.5")
        }
        self.sold = sold
    }

    /// Says what the total was, and is.
    package func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        let raiser = LedgerRaiser(ledger: places.ledger, keys: places.keys, clock: places.clock)
        switch try await raiser.raise(to: sold) {
        case .raised(let id, let before, let cap):
            print("raised by \(id): \(sold.btc) of \(cap.btc) BTC are sold, where the ledger had \(before.btc)")
            do {
                for line in try await uncounted(places) { print(line) }
            } catch {
                print("note: whether more is missing is not known: \(error)")
            }
        case .beyondCap(let cap):
            throw CommandError(
                .refused, "the ledger's cap is \(cap.btc) BTC, so no more can have been sold; nothing was changed")
        case .enough(let total):
            throw CommandError(.refused, "the ledger has \(total.btc) BTC sold already; nothing was changed")
        case .notOpen:
            let instead = "cointape orders open --already-sold \(sold.btc)"
            guard let trace = try await places.opener.trace(of: (try? await places.kindOfRates()) ?? nil) else {
                throw CommandError(.refused, "the ledger is not open, so nothing can be raised: \(instead)")
            }
            throw CommandError(
                .refused,
                "the ledger is lost: \(trace); put its backup back, or begin another where it ended: \(instead)")
        case .damaged(let detail): throw CommandError(.refused, "\(detail); cointape orders verify tells more")
        }
    }

    /// What is known to be missing beyond what is counted now: apis go on refusing orders for it.
    private func uncounted(_ places: OrdersPlaces) async throws -> [String] {
        try await places.losses().map { "note: not counted: \($0.place) says that \($0.loss)" }
    }
}
