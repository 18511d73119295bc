import CGlibc
import Synchronization

/// Memory that was freed, which the allocator keeps.
///
/// glibc keeps what lies between blocks that are used: without being asked it would keep a peak's memory for ever.
enum FreedMemory {
    private static let isDue = Atomic(false)
    /// For as long what belongs to a peak may go on being freed.
    private static let patience = Duration.seconds(1)

    /// Gives it back to the system in a moment, when a peak is over; it takes milliseconds, and not of who asks.
    static func giveBack() {
        guard !isDue.exchange(true, ordering: .relaxed) else { return }
        Task.detached {
            try? await Task.sleep(for: patience)
            isDue.store(false, ordering: .relaxed)
            cointape_malloc_trim()
        }
    }
}
