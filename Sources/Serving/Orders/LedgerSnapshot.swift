import Orders
import Synchronization
import Tape
import Telemetry

/// What the metrics and the texts of errors tell of the ledger, as this process last saw it.
final class LedgerSnapshot: Sendable {
    private struct State {
        var sold: Satoshi?
        var terms: LedgerTerms?
        var lag: Double?
    }

    private let state = Mutex(State())

    /// Takes over the ledger's newest entry, and for how long the first that is not folded has waited; nil when all are.
    func note(_ newest: LedgerEntry?, waiting: Duration?) {
        guard let newest else { return }
        state.withLock { state in
            state.sold = newest.total
            state.lag = max(0, (waiting ?? .zero) / .seconds(1))
        }
    }

    /// Takes over what the ledger allows; nil changes nothing.
    func note(_ terms: LedgerTerms?) {
        guard let terms else { return }
        state.withLock { $0.terms = terms }
    }

    /// The currencies that the ledger was last seen to take.
    ///
    /// Only for texts: whether it takes one, the ledger says.
    var currencies: [Currency] { state.withLock(\.terms)?.currencies ?? LedgerTerms.standard.currencies }

    func sample(_ metrics: MetricsRegistry) {
        metrics.sample(.capSatoshi) { self.state.withLock(\.terms).map { Double($0.cap.value) } }
        metrics.sample(.soldSatoshi) { self.state.withLock(\.sold).map { Double($0.value) } }
        metrics.sample(.readModelLag) { self.state.withLock(\.lag) }
    }
}
