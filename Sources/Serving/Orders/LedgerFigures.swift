import Orders
import Synchronization
import Tape
import Telemetry

/// What the metrics tell of the ledger, as this process last saw it.
final class LedgerFigures: Sendable {
    private struct State {
        var sold: Satoshi?
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

    func sample(_ metrics: MetricsRegistry) {
        metrics.sample(.capSatoshi) { Double(Satoshi.cap.value) }
        metrics.sample(.soldSatoshi) { self.state.withLock(\.sold).map { Double($0.value) } }
        metrics.sample(.readModelLag) { self.state.withLock(\.lag) }
    }
}
