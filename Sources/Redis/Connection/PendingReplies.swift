import NIOCore

/// The replies that a connection owes, in order, each with the time by which it must come.
struct PendingReplies {
    struct Entry {
        let command: String
        /// In bytes, as it went over the wire.
        let size: Int
        let deadline: NIODeadline
        let complete: RedisCompletion
    }

    private var entries = CircularBuffer<Entry>()

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ new: [Entry]) {
        entries.append(contentsOf: new)
    }

    /// The one whose reply comes next; nil if Redis says something that nobody asked.
    mutating func popFirst() -> Entry? {
        entries.popFirst()
    }

    /// The earliest of all deadlines.
    ///
    /// It need not be the first entry's: commands differ in how long they may take.
    var nextDeadline: NIODeadline? {
        entries.lazy.map(\.deadline).min()
    }

    /// Takes all out, for a connection that will have no more replies.
    mutating func takeAll() -> some Sequence<Entry> {
        defer { entries = [] }
        return entries
    }
}

extension PendingReplies.Entry {
    /// `.timeout` past the deadline, else `.connectionLost`.
    ///
    /// The size is told because a server may close a connection for it: `client-query-buffer-limit`, `proto-max-bulk-len`.
    func fail(now: NIODeadline, because reason: String) {
        let isLate = deadline <= now
        let message = isLate ? "no reply before the deadline" : "\(reason), on \(command) of \(size) bytes"
        complete(.failure(RedisError(isLate ? .timeout : .connectionLost, command: command, message: message)))
    }
}

/// Called exactly once, on the connection's event loop.
package typealias RedisCompletion = @Sendable (Result<RedisReply, RedisError>) -> Void
