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

    /// Takes over the ledger's newest entry, and what the read model has folded last.
    func note(_ newest: LedgerEntry?, folded: LedgerMark?) {
        guard let newest else { return }
        let behind = newest.id.milliseconds - min(newest.id.milliseconds, folded?.id.milliseconds ?? 0)
        state.withLock { state in
            state.sold = newest.total
            // Before the first fold everything is behind, since the ledger was opened: nobody knows how long.
            state.lag = folded == nil ? nil : Double(behind) / 1000
        }
    }

    func sample(_ metrics: MetricsRegistry) {
        metrics.sample(.capSatoshi) { Double(Satoshi.cap.value) }
        metrics.sample(.soldSatoshi) { self.state.withLock(\.sold).map { Double($0.value) } }
        metrics.sample(.readModelLag) { self.state.withLock(\.lag) }
    }
}
