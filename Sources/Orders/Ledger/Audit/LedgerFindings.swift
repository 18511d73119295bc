package import Tape

/// What an audit has found wrong, the first of it in full.
package struct LedgerFindings: Equatable, Sendable {
    /// One thing that is wrong, or worth knowing, and where.
    package struct Finding: Equatable, Sendable, CustomStringConvertible {
        /// The entry that it is about; nil for what concerns the whole.
        package let id: StreamID?
        /// A clause whose subject is the entry, such as `has the running total 5, where 6 would be right`.
        ///
        /// Without an entry it is a whole clause.
        package let reason: String

        package init(_ id: StreamID?, _ reason: String) {
            self.id = id
            self.reason = reason
        }

        package var description: String { id.map { "\($0): \(reason)" } ?? reason }
    }

    /// How many are kept in full: a ledger that is wrong from one entry on has as many as it has entries.
    package static let mostShown = 20

    /// The first `mostShown`, in the order in which they were added.
    package private(set) var shown: [Finding] = []
    /// How many were added, those that are not shown included.
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Counts the finding, and keeps it if fewer than `mostShown` are kept.
    package mutating func add(_ id: StreamID?, _ reason: String) {
        count += 1
        if shown.count < Self.mostShown { shown.append(Finding(id, reason)) }
    }

    /// A line each, and how many more there are.
    package var lines: [String] {
        shown.map { "\($0)" } + (count > shown.count ? ["and \(count - shown.count) more"] : [])
    }
}
