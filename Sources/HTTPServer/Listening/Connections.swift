import NIOCore
import Synchronization

/// The open connections of a listener.
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

    /// Adds one, which is removed when it closes.
    func add(_ connection: any Channel) {
        let isClosed = state.withLock { state in
            state.open[ObjectIdentifier(connection)] = connection
            state.most = max(state.most, state.open.count)
            return state.isClosed
        }
        if isClosed { connection.close(promise: nil) }
        connection.closeFuture.whenComplete { [self] _ in end(connection) }
    }

    /// Waits until all have closed; if the task is cancelled, closes those that are left.
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
