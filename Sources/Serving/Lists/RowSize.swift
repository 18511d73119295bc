import Synchronization

/// How long stored rows are about: a guess to begin with, and more when they turn out longer.
final class RowSize: Sendable {
    private let bytes = Atomic(32)

    /// For titles, which come before the rows.
    private static let header = 500

    /// As many bytes as so many rows most likely need.
    func bytes(of rows: Int) -> Int { Self.header + rows * bytes.load(ordering: .relaxed) }

    /// A list of so many rows was that long, and more than was read of it was needed.
    func wasShort(for rows: Int, in length: Int) {
        bytes.max(min(length / max(1, rows) * 5 / 4 + 1, Self.longest), ordering: .relaxed)
    }

    /// One list of monstrous rows must not make all reads as large.
    private static let longest = 1000
}
