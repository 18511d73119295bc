import NIOCore

/// Sends what several connections have written in one turn of their event loop, one behind the other.
///
/// Replies of Redis come many at once. If each answer went out as soon as it is made, its client would be woken for every
/// single one; so it finds them together. Belongs to the loop.
final class SharedFlush {
    private let loop: any EventLoop
    private var waiting: [ConnectionGuard] = []

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Flushes the connection at the end of this turn.
    func add(_ connection: ConnectionGuard) {
        waiting.append(connection)
        guard waiting.count == 1 else { return }
        loop.assumeIsolated().execute { [self] in
            let connections = waiting
            waiting = []
            for connection in connections { connection.flush() }
        }
    }
}
