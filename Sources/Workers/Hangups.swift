import Synchronization

/// What workers do when SIGHUP tells the process to read its files again.
package final class Hangups: Sendable {
    private let handlers = Mutex<[@Sendable () -> Void]>([])

    package init() {}

    /// The handler may block for a moment, as reading a file does.
    package func add(_ handler: @escaping @Sendable () -> Void) {
        handlers.withLock { $0.append(handler) }
    }

    /// Runs the handlers in the order in which they were added.
    package func run() {
        for handler in handlers.withLock(\.self) { handler() }
    }
}
