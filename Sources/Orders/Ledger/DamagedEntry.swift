package import Tape

/// An entry of the ledger, the read model or the feed of rates that cointape would not write.
package struct DamagedEntry: Error, Equatable, Sendable, CustomStringConvertible {
    package let id: StreamID
    /// A clause whose subject is the entry, such as `has no field tail`.
    package let reason: String

    package init(_ id: StreamID, _ reason: String) {
        self.id = id
        self.reason = reason
    }

    package var description: String { "the entry \(id) \(reason)" }
}

/// The read model's statistics are not in the form that `project.lua` writes.
package struct DamagedReadModel: Error, Equatable, Sendable, CustomStringConvertible {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { "the read model of orders is damaged: \(reason)" }
}
