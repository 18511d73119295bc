import Synchronization

/// Opens once, and stays open.
package final class Latch: Sendable {
    private struct State {
        var isOpen: Bool
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state: Mutex<State>

    package init(isOpen: Bool = false) {
        state = Mutex(State(isOpen: isOpen))
    }

    package func open() {
        let waiting = state.withLock { state in
            defer { state = State(isOpen: true) }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when the latch is open, or when the task is cancelled.
    package func wait() async {
        let (opening, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            if state.isOpen { continuation.finish() } else { state.waiting.append(continuation) }
        }
        for await _ in opening {}
    }
}
