import Basics
import Synchronization
import TopLists

/// The newest list, shared by all requests.
final class NewestList: Sendable {
    private struct State {
        var list: ServedList?
        var absence = "The store of lists has not been read since this api began"
        var lastWaiter = 0
        /// Callers that wait for the first list.
        var waiters: [Int: CheckedContinuation<ServedList?, Never>] = [:]
    }

    private let state = Mutex(State())

    var current: ServedList? { state.withLock(\.list) }

    /// Why there is no list, as far as known, in words.
    var absence: String { state.withLock(\.absence) }

    func note(absence: String) { state.withLock { $0.absence = absence } }

    /// Replaces the list, unless the present one is newer.
    func offer(_ newer: ServedList) {
        let waiters = state.withLock { state -> [CheckedContinuation<ServedList?, Never>] in
            if let old = state.list, old.minute > newer.minute { return [] }
            state.list = newer
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: newer) }
    }

    /// The list, as soon as there is one; nil if there is none in time, or the task is cancelled.
    func first(within patience: Duration) async -> ServedList? {
        if let list = current { return list }
        return await withTaskGroup(of: ServedList?.self) { group in
            group.addTask { [self] in await first() }
            group.addTask {
                try? await Task.sleep(for: patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }

    /// Waits until there is a list or the task is cancelled.
    private func first() async -> ServedList? {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state -> ServedList?? in
                    if state.list != nil || Task.isCancelled { return .some(state.list) }
                    state.waiters[waiter] = continuation
                    return nil
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            give(up: waiter)
        }
    }

    /// Ends all waits for the first list, because none will come now.
    func failWaiters() {
        let waiters = state.withLock { state in
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: nil) }
    }

    private func give(up waiter: Int) {
        state.withLock { $0.waiters.removeValue(forKey: waiter) }?.resume(returning: nil)
    }
}
