import Synchronization
package import Tape

/// An entry by which a ledger is known again: its id and its tail.
package struct LedgerMark: Hashable, Sendable {
    package let id: StreamID
    package let tail: OrderTail

    package init(id: StreamID, tail: OrderTail) {
        self.id = id
        self.tail = tail
    }
}

/// The newest entry of the ledger that this process has seen, itself or in the read model.
///
/// It must always be found in the ledger again. Where it is not, the ledger was lost or set back, and its running total
/// with it: no order may be taken then.
package final class LedgerHorizon: Sendable {
    private struct State {
        var newest: LedgerMark?
        var isKnown = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Whether the read model was looked at since the start: only then does an empty horizon mean anything.
    package var isKnown: Bool { state.withLock(\.isKnown) }

    package var newest: LedgerMark? { state.withLock(\.newest) }

    /// Takes over what the read model says is its last entry; nil when it is empty.
    package func noteReadModel(_ last: LedgerMark?) {
        state.withLock { $0.isKnown = true }
        if let last { note(last) }
    }

    /// Takes over an entry that is in the ledger for good.
    package func note(_ mark: LedgerMark) {
        state.withLock { state in
            if let newest = state.newest, newest.id >= mark.id { return }
            state.newest = mark
        }
    }
}
