import Synchronization
import Tape

/// The newest entry of the ledger that is known to be there for good: acknowledged by this process, found in the read
/// model, or read from a witness.
///
/// It must always be found in the ledger again. Where it is not, the ledger was lost or set back, and its running total
/// with it: no order may be taken then.
package final class LedgerHorizon: Sendable {
    private struct Ledger {
        let kind: LedgerOpening.Kind
        let opened: StreamID
    }

    private struct State {
        var newest: LedgerClaim?
        /// The ledger that the newest claim is about; nil until it is known.
        var claimed: Ledger?
        var ledger: Ledger?
        var isKnown = false
        var loss: LedgerLoss?
        var entriesWithoutKey = 1

        var record: WitnessRecord? {
            guard let newest, let claimed else { return nil }
            return WitnessRecord(kind: claimed.kind, opened: claimed.opened, newest)
        }
    }

    private let state = Mutex(State())
    private let witnesses: [any LedgerWitness]

    /// Whatever moves the horizon is handed to the witnesses before the call that moves it returns.
    package init(witnesses: [any LedgerWitness] = []) {
        self.witnesses = witnesses
    }

    /// Whether the read model and all witnesses were read since the start: only then does an empty horizon mean anything.
    package var isKnown: Bool { state.withLock(\.isKnown) }

    package var newest: LedgerMark? { state.withLock(\.newest?.mark) }

    /// The newest claim with the ledger that it is about; nil as long as there is nothing to witness.
    package var record: WitnessRecord? { state.withLock(\.record) }

    /// What is missing in the ledger, as it was last looked at.
    package var loss: LedgerLoss? { state.withLock(\.loss) }

    /// How many of the ledger's entries are no orders, and so have no key in the table of seen keys: the opening and the
    /// raises.
    package var entriesWithoutKey: Int { state.withLock(\.entriesWithoutKey) }

    /// Takes over that all that may know of older entries was read.
    package func open() {
        state.withLock { $0.isKnown = true }
    }

    /// Takes over an entry that is in the ledger for good.
    package func note(_ claim: LedgerClaim) {
        change { state in
            if let newest = state.newest, newest.mark.id >= claim.mark.id { return false }
            state.newest = claim
            state.claimed = state.ledger
            return true
        }
    }

    /// Takes over what a witness has kept.
    package func note(_ record: WitnessRecord) {
        change { state in
            if let newest = state.newest, newest.mark.id >= record.claim.mark.id { return false }
            state.newest = record.claim
            state.claimed = Ledger(kind: record.kind, opened: record.opened)
            return true
        }
    }

    /// Takes over which ledger there is; nil while there is none.
    package func note(opening: LedgerOpening?) {
        change { state in
            state.ledger = opening.map { Ledger(kind: $0.kind, opened: $0.id) }
            guard state.newest != nil, state.claimed == nil, state.ledger != nil else { return false }
            state.claimed = state.ledger
            return true
        }
    }

    /// Takes over what is missing; nil when nothing is.
    package func note(loss: LedgerLoss?) {
        state.withLock { $0.loss = loss }
    }

    package func note(entriesWithoutKey count: Int) {
        state.withLock { $0.entriesWithoutKey = count }
    }

    /// Gives up a claim, if it still is the newest one: a person has counted what was lost, and the ledger goes on from
    /// `next`.
    package func replace(_ claim: LedgerClaim, by next: LedgerClaim?) {
        change { state in
            guard state.newest == claim else { return false }
            state.newest = next
            state.claimed = state.ledger
            return true
        }
    }

    /// `change` returns whether there is something new to witness.
    ///
    /// Witnesses are told within the lock: the last one told is the newest.
    private func change(_ change: (inout State) -> Bool) {
        state.withLock { state in
            guard change(&state), let record = state.record else { return }
            for witness in witnesses { witness.write(record) }
        }
    }
}

/// A place outside of the ledger's Redis where the newest acknowledged entry is kept.
package protocol LedgerWitness: Sendable {
    /// Replaces the record; returns without waiting for a network.
    func write(_ record: WitnessRecord)

    /// Why the last write failed; nil if it did not.
    var writeFailure: String? { get }
}
