import Synchronization

/// How many bytes the unfinished requests of all connections may hold together: each of them may be small, and their sum not.
///
/// Shared by all event loops of a process.
final class RequestBudget: Sendable {
    private let most: Int
    private let held = Atomic(0)
    /// Usage passed half of the limit since freed memory was last given back.
    private let hasPeaked = Atomic(false)

    /// What each connection may hold besides, in bytes: nearly all requests are smaller, and connections have a bound.
    static let free = 4096

    /// `most` is in bytes.
    init(most: Int) {
        self.most = most
    }

    private func note(_ sum: Int) {
        if sum > most / 2 { hasPeaked.store(true, ordering: .relaxed) }
        if sum < most / 8, hasPeaked.exchange(false, ordering: .relaxed) { FreedMemory.giveBack() }
    }

    /// What a connection holds of the budget; it comes back with the last reference.
    final class Share {
        private let budget: RequestBudget
        private var bytes = 0

        init(of budget: RequestBudget) {
            self.budget = budget
        }

        deinit { _ = hold(0) }

        /// Holds so many bytes instead of those that it has held; false, and nothing has changed, where there is no room.
        func hold(_ bytes: Int) -> Bool {
            let more = (bytes > RequestBudget.free ? bytes : 0) - self.bytes
            guard more != 0 else { return true }
            let sum = budget.held.add(more, ordering: .relaxed).newValue
            guard more < 0 || sum <= budget.most else {
                budget.held.subtract(more, ordering: .relaxed)
                return false
            }
            self.bytes += more
            budget.note(sum)
            return true
        }
    }
}
