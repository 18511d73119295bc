import Synchronization

/// A JSON text that is parsed on a pool's threads while it comes, for filters to read when it is whole.
///
/// No thread waits for its pieces: whatever has come is a job, and there is one job at a time.
package final class JQIntake: Sendable {
    private struct Inbox {
        var pieces: [[UInt8]] = []
        var isBeingTaken = false
    }

    private let pool: JQPool
    private let inbox = Mutex(Inbox())
    private let parser = Mutex(JVParser())

    init(_ pool: JQPool) {
        self.pool = pool
    }

    /// Takes the next piece; in order, from one thread at a time, and without waiting.
    package func feed(_ piece: [UInt8]) {
        let isFirst = inbox.withLock { inbox in
            inbox.pieces.append(piece)
            defer { inbox.isBeingTaken = true }
            return !inbox.isBeingTaken
        }
        if isFirst { pool.perform(JQJob { [self] _ in parsePieces() }) }
    }

    /// Whether pieces have come that are not parsed yet.
    var isBehind: Bool { inbox.withLock(\.isBeingTaken) }

    /// Calls `body` on one of the pool's threads with the text, of which no more may come.
    ///
    /// A filter that has not ended after `limit`, or when the task is cancelled, is given up. It cannot be stopped: its
    /// thread goes on for nobody, and another takes its place.
    package func read<Result: Sendable>(
        within limit: Duration = .seconds(60), _ body: @escaping @Sendable (JQDocument) throws(JQError) -> Result
    ) async throws(JQError) -> Result {
        try await pool.run(within: limit) { [self] machines throws(JQError) in
            parsePieces()
            return try parser.withLock { parser throws(JQError) in
                try body(JQDocument(parser.end(), with: machines))
            }
        }
    }

    private func parsePieces() {
        // Whoever has it parses, in the order in which they came.
        parser.withLock { parser in
            while let pieces = nextPieces() {
                for piece in pieces { parser.feed(piece) }
            }
        }
    }

    private func nextPieces() -> [[UInt8]]? {
        inbox.withLock { inbox in
            guard !inbox.pieces.isEmpty else {
                inbox.isBeingTaken = false
                return nil
            }
            defer { inbox.pieces = [] }
            return inbox.pieces
        }
    }
}
