import Orders
import Tape

/// `cointape orders raise`: lets a person state that more was sold than the ledger shows.
package struct RaiseTotalCommand: Sendable {
    private let sold: Satoshi

    /// Throws an error that says what is wrong and what is accepted.
    package init(sold: String) throws(CommandError) {
        guard let sold = Satoshi(btc: sold), sold <= LedgerTerms.highestCap else {
            throw CommandError(
                .option,
                "--sold should be BTC from 0 to \(LedgerTerms.highestCap.btc), with at most 8 decimals, such as 1.5")
        }
        self.sold = sold
    }

    /// Prints the total before and after.
    package func run(config: String?, environment: Environment, print: (String) -> Void) async throws {
        let places = try OrdersPlaces(config, environment: environment)
        let raiser = LedgerRaiser(ledger: places.ledger, keys: places.keys, clock: places.clock)
        switch try await raiser.raise(to: sold) {
        case .raised(let id, let before, let cap):
            print("raised by \(id): \(sold.btc) of \(cap.btc) BTC are sold, where the ledger had \(before.btc)")
            await printUncounted(places, print)
        case .beyondCap(let cap):
            throw CommandError(
                .refused,
                "the ledger's cap is \(cap.btc) BTC, and its sum cannot be higher; if more was sold, count the cap itself: "
                    + "--sold \(cap.btc); nothing was changed")
        case .enough(let total):
            await printUncounted(places, print)
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

    /// Prints the losses that are still not counted; apis go on refusing orders because of them.
    private func printUncounted(_ places: OrdersPlaces, _ print: (String) -> Void) async {
        do {
            for (place, loss) in try await places.losses() { print("note: not counted: \(place) says that \(loss)") }
        } catch {
            print("note: whether more is missing is not known: \(error)")
        }
    }
}
