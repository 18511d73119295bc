import NIOCore
import Synchronization

/// Commands on their way to a connection's event loop: any thread adds to them, and the loop takes all that are there.
///
/// However many are added meanwhile, the loop is woken once, and they go out in one write.
final class CommandQueue: Sendable {
    /// So many are sent without waiting for more from the same loop: Redis begins with them while the others are made.
    static let some = 32

    struct Batch {
        /// As they go over the wire.
        var bytes = ByteBuffer()
        var replies: [PendingReplies.Entry] = []

        mutating func append(_ command: RedisCommand, by deadline: NIODeadline, _ complete: @escaping RedisCompletion) {
            let size = command.withEncoded { bytes.writeBytes($0) }
            replies.append(
                PendingReplies.Entry(command: command.name, size: size, deadline: deadline, complete: complete))
        }
    }

    private let batch = Mutex(Batch())
    private let closing = Atomic(false)

    /// Whether the connection is closed, or about to be: with TLS the channel stays active until both sides have said so.
    var isClosed: Bool { closing.load(ordering: .relaxed) }

    func close() { closing.store(true, ordering: .relaxed) }

    /// Whether there were none before, so that the loop must be told; and how many there are now.
    func add(_ append: (inout Batch) -> Void) -> (isFirst: Bool, count: Int) {
        batch.withLock { batch in
            let isFirst = batch.replies.isEmpty
            append(&batch)
            return (isFirst, batch.replies.count)
        }
    }

    func take() -> Batch {
        batch.withLock { batch in
            defer { batch = Batch() }
            return batch
        }
    }
}
