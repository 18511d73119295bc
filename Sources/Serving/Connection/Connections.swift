import NIOCore
import Synchronization

/// The connections that are being served: each in a task of its own, from the moment that it is taken.
///
/// Handing them to somebody over a queue would lose those that still lie in it when nobody takes any more.
final class Connections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
        /// How many were open at a time since memory was last given back.
        var most = 0
    }

    /// Fewer do not leave enough memory behind to be worth giving it back.
    private static let many = 200

    private let state = Mutex(State())

    /// Returns at once; `serve` must return when the connection is closed.
    func begin(_ connection: any Channel, _ serve: @escaping @Sendable () async -> Void) {
        let isClosed = state.withLock { state in
            state.open[ObjectIdentifier(connection)] = connection
            state.most = max(state.most, state.open.count)
            return state.isClosed
        }
        if isClosed { connection.close(promise: nil) }
        Task {
            await serve()
            end(connection)
        }
    }

    /// Waits until no connection is left; when the task is cancelled, those that are left are closed.
    func allEnded() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard !state.open.isEmpty else { return true }
                    state.waiter = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            closeAll()
        }
    }

    /// Also those that come later.
    private func closeAll() {
        let connections = state.withLock { state in
            state.isClosed = true
            return state.open.values
        }
        for connection in connections { connection.close(promise: nil) }
    }

    private func end(_ connection: any Channel) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.open[ObjectIdentifier(connection)] = nil
            if state.most > Self.many, state.open.count < state.most / 2 {
                state.most = state.open.count
                FreedMemory.giveBack()
            }
            guard state.open.isEmpty else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
