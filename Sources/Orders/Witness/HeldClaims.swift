package import Tape

/// The acknowledged entries that must still be found in the ledger.
///
/// The newest claim stands for all before it, because an entry comes after all that the ledger had. That only holds on one
/// server: after a failover, an older entry may be lost while a newer one exists. So a claim only replaces another if one server
/// had both. Claims that were not seen together with the newest are kept beside it, and lost ones are kept until a person has
/// counted them, or they exist again.
package struct HeldClaims: Equatable, Sendable {
    /// The connection on which a claim was last seen; nil if it is not one that orders are placed on.
    package typealias Connection = Int

    /// The ledger that a claim belongs to.
    package struct Ledger: Equatable, Sendable {
        package let kind: DataKind
        /// The id of the opening entry; `StreamID.lowest` for an earlier ledger whose opening is not known.
        package let opened: StreamID

        package init(kind: DataKind, opened: StreamID) {
            self.kind = kind
            self.opened = opened
        }

        /// Makes a record for a claim that does not state its ledger, assuming that it is this one.
        ///
        /// An entry from before the opening belongs to an earlier ledger, whose opening nobody knows.
        package func record(of claim: LedgerClaim) -> WitnessRecord {
            WitnessRecord(kind: kind, opened: claim.mark.id < opened ? .lowest : opened, claim)
        }
    }

    private struct Held: Equatable {
        let claim: LedgerClaim
        /// nil if no opening is known.
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

    /// The present ledger; nil if there is none.
    package var ledger: Ledger? {
        didSet {
            newest?.fill(ledger)
            for index in others.indices { others[index].fill(ledger) }
        }
    }
    private var newest: Held?
    private var connection: Connection?
    private var others: [Held] = []
    /// What the ledger lacked at the last check; only `settle` changes it.
    package private(set) var losses: [LedgerLoss] = []

    package init() {}

    /// nil until a claim was acknowledged or found, and after the newest was judged lost, counted or foreign.
    package var newestClaim: LedgerClaim? { newest?.claim }

    /// The claim as a record of the present ledger, or of one before it; nil if there is no ledger.
    package func record(of claim: LedgerClaim) -> WitnessRecord? { Held(claim, ledger).record }

    /// All records that are held, to be judged.
    package var records: [WitnessRecord] {
        losses.map(\.record) + ([newest].compactMap(\.self) + others).compactMap(\.record)
    }

    /// The loss with the highest total; nil if there is none.
    package var loss: LedgerLoss? { losses.max { $0.claim.total < $1.claim.total } }

    /// What a witness has to store: the loss with the highest total, otherwise the newest claim.
    package var record: WitnessRecord? { loss?.record ?? newest?.record }

    /// The entry that must be checked before a write to the ledger: a lost one, otherwise the newest.
    package var expected: LedgerMark? { (loss?.claim ?? newest?.claim ?? others.first?.claim)?.mark }

    /// Adds an acknowledged entry; `found` is the other entry that the same server had, and `connection` the one to that server,
    /// nil if unknown.
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

    /// Adds a record from a witness that has not been checked yet.
    package mutating func hold(_ record: WitnessRecord) {
        hold(Held(record.claim, Ledger(kind: record.kind, opened: record.opened)))
    }

    /// Adds a claim that does not state its ledger, and has not been checked yet.
    package mutating func hold(_ claim: LedgerClaim) {
        hold(Held(claim, ledger))
    }

    private mutating func hold(_ held: Held) {
        guard newest?.claim != held.claim, !others.contains(where: { $0.claim == held.claim }) else { return }
        others.append(held)
    }

    /// Applies the verdicts on records; `together` means that all were checked on one server.
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
        // An entry that counted a loss was found by that check.
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
