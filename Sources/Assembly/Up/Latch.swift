import ServiceLifecycle
import Synchronization

/// Opens once, and stays open.
final class Latch: Sendable {
    private struct State {
        var isOpen: Bool
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state: Mutex<State>

    init(isOpen: Bool = false) {
        state = Mutex(State(isOpen: isOpen))
    }

    func open() {
        let waiting = state.withLock { state in
            defer { state = State(isOpen: true) }
            return state.waiting
        }
        for continuation in waiting { continuation.finish() }
    }

    /// Returns when the latch is open, or when the task is cancelled.
    func wait() async {
        let (opening, continuation) = AsyncStream.makeStream(of: Void.self)
        state.withLock { state in
            if state.isOpen { continuation.finish() } else { state.waiting.append(continuation) }
        }
        for await _ in opening {}
    }
}

/// A service that starts when a latch opens.
struct Latched: Service {
    let latch: Latch
    let service: any Service

    func run() async throws {
        await cancelWhenGracefulShutdown { await latch.wait() }
        guard !Task.isShuttingDownGracefully, !Task.isCancelled else { return }
        try await service.run()
    }
}
