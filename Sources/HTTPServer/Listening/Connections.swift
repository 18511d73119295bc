import NIOCore
import Synchronization

/// The open connections of a listener.
final class Connections: Sendable {
    private struct State {
        var open: [ObjectIdentifier: any Channel] = [:]
        var isClosed = false
        var waiter: CheckedContinuation<Void, Never>?
        /// The most connections that were open at a time since memory was last returned.
        var most = 0
    }

    /// With fewer connections, there is too little freed memory to be worth returning.
    private static let many = 200

    private let state = Mutex(State())

    /// Adds a connection, which removes itself when it closes.
    func add(_ connection: any Channel) {
        let isClosed = state.withLock { state in
            state.open[ObjectIdentifier(connection)] = connection
            state.most = max(state.most, state.open.count)
            return state.isClosed
        }
        if isClosed { connection.close(promise: nil) }
        connection.closeFuture.whenComplete { [self] _ in end(connection) }
    }

    /// Waits until all connections have closed; closes the remaining ones if the task is cancelled.
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

    /// Also closes connections that are added later.
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
