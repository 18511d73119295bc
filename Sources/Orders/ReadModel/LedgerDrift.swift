package import Tape

/// By how much the ledger's running total, behind an entry that cannot be folded, is off the sum of its orders.
package struct LedgerDrift: Equatable, Sendable {
    /// The running total less the sum: 0 while nobody but cointape has written into the ledger.
    package let satoshi: Int128

    /// `entries` are the ledger's behind `statistics.last`; what cannot be read counts for nothing.
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
