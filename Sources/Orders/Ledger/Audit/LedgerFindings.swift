package import Tape

/// The findings of an audit; the first ones are kept in full.
package struct LedgerFindings: Equatable, Sendable {
    /// Something that is wrong, or worth knowing, and where.
    package struct Finding: Equatable, Sendable, CustomStringConvertible {
        /// The entry that it concerns; nil if it concerns the whole ledger.
        package let id: StreamID?
        /// A clause whose subject is the entry, such as `has the running total 5, where 6 would be right`.
        ///
        /// Without an entry, it is a complete clause.
        package let reason: String

        package init(_ id: StreamID?, _ reason: String) {
            self.id = id
            self.reason = reason
        }

        package var description: String { id.map { "\($0): \(reason)" } ?? reason }
    }

    /// How many findings are kept in full; a ledger that is wrong from some entry on has one for each further entry.
    package static let mostShown = 20

    /// The first `mostShown`, in the order in which they were added.
    package private(set) var shown: [Finding] = []
    /// The number of findings, including those that are not shown.
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// Counts the finding, and keeps it while fewer than `mostShown` are kept.
    package mutating func add(_ id: StreamID?, _ reason: String) {
        count += 1
        if shown.count < Self.mostShown { shown.append(Finding(id, reason)) }
    }

    /// One line for each, and one for the number of further ones.
    package var lines: [String] {
        shown.map { "\($0)" } + (count > shown.count ? ["and \(count - shown.count) more"] : [])
    }
}
