import Orders
import Synchronization
import Tape
import Telemetry

/// What this process last saw of the ledger, for metrics and error messages.
final class LedgerSnapshot: Sendable {
    private struct State {
        var sold: Satoshi?
        var terms: LedgerTerms?
        var lag: Double?
    }

    private let state = Mutex(State())

    /// Sets the ledger's newest entry, and for how long the first unfolded entry has waited; nil if all are folded.
    func note(_ newest: LedgerEntry?, waiting: Duration?) {
        guard let newest else { return }
        state.withLock { state in
            state.sold = newest.total
            state.lag = max(0, (waiting ?? .zero) / .seconds(1))
        }
    }

    /// Sets the ledger's terms; nil changes nothing.
    func note(_ terms: LedgerTerms?) {
        guard let terms else { return }
        state.withLock { $0.terms = terms }
    }

    /// The currencies that the ledger took when it was last read.
    ///
    /// Only for messages: the ledger itself decides whether it takes a currency.
    var currencies: [Currency] { state.withLock(\.terms)?.currencies ?? LedgerTerms.standard.currencies }

    func sample(_ metrics: MetricsRegistry) {
        metrics.sample(.capSatoshi) { self.state.withLock(\.terms).map { Double($0.cap.value) } }
        metrics.sample(.soldSatoshi) { self.state.withLock(\.sold).map { Double($0.value) } }
        metrics.sample(.readModelLag) { self.state.withLock(\.lag) }
    }
}
