import Synchronization
import Tape

/// The entries of the ledger that are known to be there for good: acknowledged by this process, found in the read model, or
/// read from a witness.
///
/// They must always be found in the ledger again. Where one is not, the ledger was lost or set back, and its running total
/// with it: no order may be taken then.
package final class LedgerHorizon: Sendable {
    private struct State {
        var claims = HeldClaims()
        var isKnown = false
        var obstacle = "nothing was read yet"
        /// What another api has marked as lost.
        var marked: LedgerLoss?
        /// The first entry of the ledger that `entriesWithoutKey` was counted in.
        var opened: StreamID?
        var entriesWithoutKey = 1
    }

    private let state = Mutex(State())
    private let witnesses: [any LedgerWitness]

    /// Whatever moves the horizon is handed to the witnesses before the call that moves it returns.
    package init(witnesses: [any LedgerWitness] = []) {
        self.witnesses = witnesses
    }

    /// Whether the read model and all witnesses were read, and held against the ledger, since the start: only then does an
    /// empty horizon mean anything.
    package var isKnown: Bool { state.withLock(\.isKnown) }

    /// Why it is not known yet, in words.
    package var obstacle: String { state.withLock(\.obstacle) }

    /// Replaces the words; it does not make a known horizon unknown again.
    package func note(obstacle: String) {
        state.withLock { $0.obstacle = obstacle }
    }

    package var newest: LedgerMark? { state.withLock(\.claims.newestClaim?.mark) }

    /// See `HeldClaims.expected`.
    package var expected: LedgerMark? { state.withLock(\.claims.expected) }

    /// What has to be looked for in the ledger.
    package var records: [WitnessRecord] { state.withLock(\.claims.records) }

    /// What a witness has to remember; nil as long as there is nothing.
    package var record: WitnessRecord? { state.withLock(\.claims.record) }

    /// What is missing in the ledger, as it was last looked at; the highest total of what is known here, else what another
    /// api has marked.
    package var loss: LedgerLoss? { state.withLock { $0.claims.loss ?? $0.marked } }

    /// How many of the ledger's entries have no key of their own in the table of seen keys: the opening, the raises, and
    /// orders under a key that an earlier one has too.
    package var entriesWithoutKey: Int { state.withLock(\.entriesWithoutKey) }

    /// Takes over that all that may know of older entries was read and looked for.
    package func open() {
        state.withLock { state in
            guard !state.isKnown else { return }
            state.isKnown = true
            if let record = state.claims.record { for witness in witnesses { witness.write(record) } }
        }
    }

    /// See `HeldClaims.acknowledge`.
    package func acknowledge(_ claim: LedgerClaim, found: LedgerMark?, on connection: HeldClaims.Connection?) {
        change { $0.acknowledge(claim, found: found, on: connection) }
    }

    /// See `HeldClaims.hold`.
    package func hold(_ record: WitnessRecord) {
        change { $0.hold(record) }
    }

    /// See `HeldClaims.hold`.
    package func hold(_ claim: LedgerClaim) {
        change { $0.hold(claim) }
    }

    /// See `HeldClaims.record`.
    package func record(of claim: LedgerClaim) -> WitnessRecord? {
        state.withLock { $0.claims.record(of: claim) }
    }

    /// Takes over which ledger there is; nil while there is none.
    package func note(opening: LedgerOpening?) {
        state.withLock { state in
            guard let opened = opening?.id, opened != state.opened else { return }
            state.opened = opened
            state.entriesWithoutKey = 1
        }
        change { $0.ledger = opening.map { .init(kind: $0.kind, opened: $0.id) } }
    }

    /// See `HeldClaims.settle`.
    package func settle(_ verdicts: [(record: WitnessRecord, verdict: WitnessVerdict)], together: Bool) {
        change { $0.settle(verdicts, together: together) }
    }

    /// Takes over what another api has marked as lost; nil when nothing is.
    package func note(marked loss: LedgerLoss?) {
        state.withLock { $0.marked = loss }
    }

    /// Takes over a count of `KeyCensus`, which the next order's script is given.
    package func note(entriesWithoutKey count: Int) {
        state.withLock { $0.entriesWithoutKey = count }
    }

    /// Holds what witnesses held that this process did not write, and hands the record again to those that could not write
    /// it.
    package func remind() {
        for record in witnesses.flatMap({ $0.takeStrange() }) { hold(record) }
        state.withLock { state in
            guard state.isKnown else { return }
            guard let record = state.claims.record else { return }
            for witness in witnesses where witness.writeFailure != nil { witness.write(record) }
        }
    }

    /// Witnesses are told within the lock: the last one told is the newest.
    ///
    /// Before all was read they are told nothing, as they may hold what this process does not know yet.
    private func change(_ change: (inout HeldClaims) -> Void) {
        state.withLock { state in
            let before = state.claims.record
            change(&state.claims)
            guard state.isKnown, let record = state.claims.record, record != before else { return }
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

    /// What it held that this process had not written, each once.
    ///
    /// Others may have acknowledged it.
    func takeStrange() -> [WitnessRecord]
}
