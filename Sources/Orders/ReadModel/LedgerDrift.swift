package import Tape

/// The difference between the ledger's running total after an entry that cannot be folded, and the sum of its orders.
package struct LedgerDrift: Equatable, Sendable {
    /// The running total minus the sum; 0 if only cointape has written to the ledger.
    package let satoshi: Int128

    /// `entries` are the ledger's after `statistics.last`; unreadable ones count as zero.
    package init(_ statistics: ReadModelStatistics, _ entries: [TapeEntry]) {
        func read(_ field: String, _ entry: TapeEntry) -> Int128? {
            entry.text(field).flatMap { Satoshi(digits: $0.utf8) }.flatMap { Int128(exactly: $0.value) }
        }
        let sum = entries.reduce(Int128(statistics.total.value)) { sum, entry in
            entry.text("raised") == nil ? sum &+ (read("satoshi", entry) ?? 0) : read("total", entry) ?? sum
        }
        let total = entries.compactMap { read("total", $0) }.last
        satoshi = total.map { $0 &- sum } ?? 0
    }
}
