package import Tape

/// What is known to have been acknowledged, and has to be found in the ledger again.
///
/// One claim, the newest, stands for all before it: an entry of a ledger comes behind all that were there. That holds on one
/// server only. After a failover an older entry may be lost and a newer one be there, so a claim takes the place of another
/// only when one server had both. What has not been seen together with the newest is held beside it, and what is lost is held
/// until a person has counted it, or it is there again.
package struct HeldClaims: Equatable, Sendable {
    /// Which connection a claim was last seen on; nil: none that placing goes on with.
    package typealias Connection = Int

    /// The ledger that a claim is about.
    package struct Ledger: Equatable, Sendable {
        package let kind: DataKind
        /// The id of the opening entry; `StreamID.lowest` for an earlier ledger whose opening is not known any more.
        package let opened: StreamID

        package init(kind: DataKind, opened: StreamID) {
            self.kind = kind
            self.opened = opened
        }

        /// The record of a claim that does not say its ledger, where there is this one.
        ///
        /// An entry from before the opening is one of an earlier ledger, whose opening nobody knows any more.
        package func record(of claim: LedgerClaim) -> WitnessRecord {
            WitnessRecord(kind: kind, opened: claim.mark.id < opened ? .lowest : opened, claim)
        }
    }

    private struct Held: Equatable {
        let claim: LedgerClaim
        /// nil as long as no opening is known.
        private(set) var ledger: Ledger?

        init(_ claim: LedgerClaim, _ ledger: Ledger?) {
            self.claim = claim
            fill(ledger)
        }

        mutating func fill(_ present: Ledger?) {
            guard ledger == nil, let record = present?.record(of: claim) else { return }
            ledger = Ledger(kind: record.kind, opened: record.opened)
        }

        var record: WitnessRecord? {
            ledger.map { WitnessRecord(kind: $0.kind, opened: $0.opened, claim) }
        }
    }

    /// The ledger that there is; nil while there is none.
    package var ledger: Ledger? {
        didSet {
            newest?.fill(ledger)
            for index in others.indices { others[index].fill(ledger) }
        }
    }
    private var newest: Held?
    private var connection: Connection?
    private var others: [Held] = []
    /// What the ledger lacked when it was last looked for; only `settle` changes it.
    package private(set) var losses: [LedgerLoss] = []

    package init() {}

    /// Returns nil until a claim was acknowledged or found, and after the newest was judged lost, counted or foreign.
    package var newestClaim: LedgerClaim? { newest?.claim }

    /// The claim as a record of the ledger that there is, or of one before it; nil while there is none.
    package func record(of claim: LedgerClaim) -> WitnessRecord? { Held(claim, ledger).record }

    /// All that is held, for judging.
    package var records: [WitnessRecord] {
        losses.map(\.record) + ([newest].compactMap(\.self) + others).compactMap(\.record)
    }

    /// The loss with the highest total; nil if nothing is lost.
    package var loss: LedgerLoss? { losses.max { $0.claim.total < $1.claim.total } }

    /// What a witness has to remember: of what is lost the highest total, else the newest.
    package var record: WitnessRecord? { loss?.record ?? newest?.record }

    /// The entry that whoever writes to the ledger should look for first: what is lost, else the newest.
    package var expected: LedgerMark? { (loss?.claim ?? newest?.claim ?? others.first?.claim)?.mark }

    /// Takes over an entry that was acknowledged; `found` is the other one that the server had then, `connection` the one to
    /// that server, nil if that is not known.
    package mutating func acknowledge(_ claim: LedgerClaim, found: LedgerMark?, on connection: Connection?) {
        let held = Held(claim, ledger)
        guard let newest else {
            (self.newest, self.connection) = (held, connection)
            return
        }
        let isHere = connection != nil && connection == self.connection
        guard isHere || found == newest.claim.mark || claim == newest.claim else { return hold(held) }
        self.connection = connection
        others.removeAll { $0.claim.mark == found || $0.claim == claim }
        if claim.mark.id > newest.claim.mark.id { self.newest = held }
    }

    /// Takes over what is said to have been acknowledged, and was not looked for yet.
    package mutating func hold(_ record: WitnessRecord) {
        hold(Held(record.claim, Ledger(kind: record.kind, opened: record.opened)))
    }

    /// The same of a claim that does not say which ledger it is about.
    package mutating func hold(_ claim: LedgerClaim) {
        hold(Held(claim, ledger))
    }

    private mutating func hold(_ held: Held) {
        guard newest?.claim != held.claim, !others.contains(where: { $0.claim == held.claim }) else { return }
        others.append(held)
    }

    /// Takes over what became of records that were looked for; with `together` all on one server.
    package mutating func settle(_ verdicts: [(record: WitnessRecord, verdict: WitnessVerdict)], together: Bool) {
        var found: [WitnessRecord] = []
        for (record, verdict) in verdicts {
            let wasLost = losses.contains { $0.record == record }
            losses.removeAll { $0.record == record }
            switch verdict {
            case .found:
                if wasLost { hold(record) }
                found.append(record)
            case .lost(let loss):
                losses.append(loss)
                drop(record)
            case .counted(let by):
                drop(record)
                hold(Held(by, ledger))
            case .foreign: drop(record)
            }
        }
        let isTogether = together && (newest == nil || found.contains { $0.claim == newest?.claim })
        // Whatever counted a loss was found by that.
        let here = Set(found.map(\.claim)).union(
            verdicts.compactMap { if case .counted(let by) = $0.verdict { by } else { nil } })
        guard isTogether else { return }
        let candidates = others.filter { here.contains($0.claim) }
        others.removeAll { here.contains($0.claim) }
        guard let highest = candidates.max(by: { $0.claim.mark.id < $1.claim.mark.id }) else { return }
        if newest.map({ $0.claim.mark.id < highest.claim.mark.id }) ?? true { (newest, connection) = (highest, nil) }
    }

    private mutating func drop(_ record: WitnessRecord) {
        others.removeAll { $0.claim == record.claim }
        if newest?.claim == record.claim { (newest, connection) = (nil, nil) }
    }
}
