import POSIX

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder that one `up` at a time may use, locked as long as a process holds the descriptor.
///
/// The lock is flock's: it lives with the open file, which redis-server inherits. So the folder stays locked until the
/// Redis that writes to it has ended, even when whoever started it was killed.
package final class DataFolder: Sendable {
    package let path: String
    /// Whether this call made the folder.
    package let isNew: Bool
    let lock: Int32

    /// How long the redis-server of a holder that was killed may take to end.
    private static let patience: Duration = .seconds(15)

    /// Creates the folder where it is missing, and locks it.
    ///
    /// A folder whose holder has ended is waited for: its redis-server is about to end, and a process that was being
    /// started meanwhile has the lock until it runs.
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

    /// What the lock's file says of its holder; nil if the holder has ended.
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
