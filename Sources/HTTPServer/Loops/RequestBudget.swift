import Synchronization

/// Limits how many bytes the unfinished requests of all connections hold together, even if each of them is small.
///
/// Shared by all event loops of a process.
final class RequestBudget: Sendable {
    private let most: Int
    private let held = Atomic(0)
    /// Whether usage exceeded half of the limit since freed memory was last returned.
    private let hasPeaked = Atomic(false)

    /// What each connection may hold without being counted, in bytes: nearly all requests are smaller, and the number of
    /// connections is limited.
    static let free = 4096

    /// `most` is in bytes.
    init(most: Int) {
        self.most = most
    }

    private func note(_ sum: Int) {
        if sum > most / 2 { hasPeaked.store(true, ordering: .relaxed) }
        if sum < most / 8, hasPeaked.exchange(false, ordering: .relaxed) { FreedMemory.giveBack() }
    }

    /// A connection's share of the budget, which is returned with the last reference.
    final class Share {
        private let budget: RequestBudget
        private var bytes = 0

        init(of budget: RequestBudget) {
            self.budget = budget
        }

        deinit { _ = hold(0) }

        /// Changes the number of bytes that it holds; returns false and changes nothing if there is no room.
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
