import NIOCore

/// The replies that a connection owes, in order, each with the time by which it must come.
struct PendingReplies {
    struct Entry {
        let command: String
        let deadline: NIODeadline
        let complete: RedisCompletion
    }

    private var entries = CircularBuffer<Entry>()

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

    /// Takes all out: those past their deadline are `.timeout`, the others `.connectionLost`.
    mutating func failAll(now: NIODeadline, because reason: String) {
        let failed = entries
        entries = []
        for entry in failed {
            let late = entry.deadline <= now
            let message = late ? "no reply before the deadline" : reason
            entry.complete(
                .failure(RedisError(late ? .timeout : .connectionLost, command: entry.command, message: message)))
        }
    }
}

/// Called exactly once, on the connection's event loop.
typealias RedisCompletion = @Sendable (Result<RedisReply, RedisError>) -> Void
