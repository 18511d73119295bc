import CGlibc
import Synchronization

/// Freed memory that the allocator still keeps.
///
/// glibc keeps free memory between blocks that are in use, and without this would keep the memory of a peak forever.
enum FreedMemory {
    private static let isDue = Atomic(false)
    /// How long memory of a peak may continue to be freed before it is returned.
    private static let patience = Duration.seconds(1)

    /// Returns freed memory to the system soon, after the peak; it takes milliseconds, but not on the caller's thread.
    static func giveBack() {
        guard !isDue.exchange(true, ordering: .relaxed) else { return }
        Task.detached {
            try? await Task.sleep(for: patience)
            isDue.store(false, ordering: .relaxed)
            cointape_malloc_trim()
        }
    }
}
