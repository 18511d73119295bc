import Synchronization

/// Estimates the length of stored rows: starts with a guess, which is increased if rows turn out longer.
final class RowSize: Sendable {
    private let bytes = Atomic(32)

    /// For the titles, which come before the rows.
    private static let header = 500

    /// How many bytes this many rows most likely need.
    func bytes(of rows: Int) -> Int { Self.header + rows * bytes.load(ordering: .relaxed) }

    /// Records that a read was too short: a list with this many rows has this length.
    func wasShort(for rows: Int, in length: Int) {
        bytes.max(min(length / max(1, rows) * 5 / 4 + 1, Self.longest), ordering: .relaxed)
    }

    /// A single list with huge rows must not make all reads that large.
    private static let longest = 1000
}
