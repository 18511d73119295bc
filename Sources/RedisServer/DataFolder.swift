import POSIX

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A data folder that only one `up` at a time may use; it is locked as long as a process holds the descriptor.
///
/// The lock is made with flock and belongs to the open file, which redis-server inherits. So the folder stays locked until the
/// Redis that writes to it has ended, even if the process that started it was killed.
package final class DataFolder: Sendable {
    package let path: String
    /// Whether this call created the folder.
    package let isNew: Bool
    let lock: Int32

    /// How long the redis-server of a killed holder may take to end.
    private static let patience: Duration = .seconds(15)

    /// Creates the folder if it is missing, and locks it.
    ///
    /// Waits if the lock's holder has ended: its redis-server is about to end, or a process that was just being started still
    /// holds the inherited lock.
    package init(_ path: String) async throws {
        self.path = path
        isNew = try Folder.make(path)
        let file = "\(path)/lock"
        lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw SystemError(file, code: errno) }
        let deadline = ContinuousClock.now + Self.patience
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            if let holder = Self.holder(lock) { throw OwnRedisError("\(path) is in use by \(holder)") }
            guard ContinuousClock.now < deadline else {
                throw OwnRedisError("\(path) is still locked by the redis-server of an earlier start")
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        let text = "cointape up, process \(getpid())\n"
        ftruncate(lock, 0)
        pwrite(lock, text, text.utf8.count, 0)
    }

    deinit {
        ftruncate(lock, 0)
        close(lock)
    }

    /// The holder that the lock file names; nil if that process has ended.
    private static func holder(_ descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 200)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).filter { !$0.isNewline }
        if text.isEmpty { return nil }
        if let process = text.split(separator: " ").last.flatMap({ pid_t($0) }), kill(process, 0) != 0, errno == ESRCH {
            return nil
        }
        return text
    }
}
