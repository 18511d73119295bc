package import Tape

/// What an audit has found wrong, the first of it in full.
package struct LedgerFindings: Equatable, Sendable {
    package struct Finding: Equatable, Sendable, CustomStringConvertible {
        /// The entry that it is about; nil for what concerns the whole.
        package let id: StreamID?
        package let reason: String

        package init(_ id: StreamID?, _ reason: String) {
            self.id = id
            self.reason = reason
        }

        package var description: String { id.map { "\($0): \(reason)" } ?? reason }
    }

    /// How many are kept in full: a ledger that is wrong from one entry on has as many as it has entries.
    package static let mostShown = 20

    package private(set) var shown: [Finding] = []
    package private(set) var count = 0

    package init() {}

    package var isEmpty: Bool { count == 0 }

    package mutating func add(_ id: StreamID?, _ reason: String) {
        count += 1
        if shown.count < Self.mostShown { shown.append(Finding(id, reason)) }
    }

    /// A line each, and how many more there are.
    package var lines: [String] {
        shown.map { "\($0)" } + (count > shown.count ? ["and \(count - shown.count) more"] : [])
    }
}
