import Synchronization
import Tape

/// The entries that must be in the ledger for good: acknowledged by this process, found in the read model, or read from a
/// witness.
///
/// If one of them is missing, the ledger was lost or set back, and its running total too, so no order may be taken.
package final class ExpectedEntries: Sendable {
    private struct State {
        var claims = HeldClaims()
        var isKnown = false
        var obstacle = "nothing was read yet"
        /// A loss that another api has marked.
        var marked: LedgerLoss?
        /// The first entry of the ledger for which `entriesWithoutKey` was counted.
        var opened: StreamID?
        var entriesWithoutKey = 1
    }

    private let state = Mutex(State())
    private let witnesses: [any LedgerWitness]

    /// Each change is passed to the witnesses before the call that makes it returns.
    package init(witnesses: [any LedgerWitness] = []) {
        self.witnesses = witnesses
    }

    /// Whether the read model and all witnesses were read and compared with the ledger since the start; before that, having
    /// none means nothing.
    package var isKnown: Bool { state.withLock(\.isKnown) }

    /// Why they are not known yet, in words.
    package var obstacle: String { state.withLock(\.obstacle) }

    /// Sets the words; `isKnown` stays as it is.
    package func note(obstacle: String) {
        state.withLock { $0.obstacle = obstacle }
    }

    package var newest: LedgerMark? { state.withLock(\.claims.newestClaim?.mark) }

    /// See `HeldClaims.expected`.
    package var expected: LedgerMark? { state.withLock(\.claims.expected) }

    /// The records that must be checked in the ledger.
    package var records: [WitnessRecord] { state.withLock(\.claims.records) }

    /// The record that a witness has to store; nil if there is none.
    package var record: WitnessRecord? { state.withLock(\.claims.record) }

    /// What was missing in the ledger at the last check: the highest loss known here, otherwise the one that another api has
    /// marked.
    package var loss: LedgerLoss? { state.withLock { $0.claims.loss ?? $0.marked } }

    /// How many of the ledger's entries have no key of their own in the table of seen keys: the opening, raises, and orders whose
    /// key an earlier order also has.
    package var entriesWithoutKey: Int { state.withLock(\.entriesWithoutKey) }

    /// Declares them known: everything that may know of older entries was read and checked.
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

    /// Sets the present ledger; nil if there is none.
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

    /// Sets the loss that another api has marked; nil if there is none.
    package func note(marked loss: LedgerLoss?) {
        state.withLock { $0.marked = loss }
    }

    /// Sets the count of `KeyAudit`, which is passed to the next order's script.
    package func note(entriesWithoutKey count: Int) {
        state.withLock { $0.entriesWithoutKey = count }
    }

    /// Adds records that witnesses held but this process did not write, and passes the record again to witnesses whose last write
    /// failed.
    package func remind() {
        for record in witnesses.flatMap({ $0.takeRecordsOfOthers() }) { hold(record) }
        state.withLock { state in
            guard state.isKnown else { return }
            guard let record = state.claims.record else { return }
            for witness in witnesses where witness.writeFailure != nil { witness.write(record) }
        }
    }

    /// Witnesses are called within the lock, so that the last call has the newest record.
    ///
    /// Before everything was read they are not called, because they may hold what this process does not know yet.
    private func change(_ change: (inout HeldClaims) -> Void) {
        state.withLock { state in
            let before = state.claims.record
            change(&state.claims)
            guard state.isKnown, let record = state.claims.record, record != before else { return }
            for witness in witnesses { witness.write(record) }
        }
    }
}

/// A place outside the ledger's Redis that stores the newest acknowledged entry.
package protocol LedgerWitness: Sendable {
    /// Replaces the record; does not wait for a network.
    func write(_ record: WitnessRecord)

    /// Why the last write failed; nil if it succeeded.
    var writeFailure: String? { get }

    /// Returns each record once that the witness held but this process had not written.
    ///
    /// Another process may have acknowledged it.
    func takeRecordsOfOthers() -> [WitnessRecord]
}
