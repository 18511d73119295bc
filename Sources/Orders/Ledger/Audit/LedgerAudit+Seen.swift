package import Tape

extension LedgerAudit {
    /// Compares an entry with the entry id that the table of seen keys has under its key; they must be equal.
    package mutating func checkSeen(_ id: StreamID, _ identity: String, _ entry: String?) {
        guard entry != "\(id)" else { return }
        if let entry {
            report(id, "is not what the table of seen keys has for \"\(identity)\": \(entry.prefix(50))")
        } else {
            report(id, "is missing in the table of seen keys, as \"\(identity)\"")
        }
    }

    /// Compares a field of the table of seen keys, with its entry id, with the ledger.
    ///
    /// `found` is the ledger's present entry with that id; nil if there is none.
    package mutating func checkField(_ identity: String, _ entry: String, found: TapeEntry?) {
        guard let id = StreamID(entry) else {
            return report(nil, "the table of seen keys has no entry for \"\(identity)\" but \(entry.prefix(50))")
        }
        if let opening, id < opening.id {
            return note(id, "is where the table of seen keys has \"\(identity)\": an earlier ledger's")
        }
        if let found, let ledgerEntry = try? LedgerEntry(found), ledgerEntry.identity == identity { return }
        report(id, "is where the table of seen keys has \"\(identity)\", which is not there")
    }
}
