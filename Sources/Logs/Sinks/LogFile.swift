import POSIX
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that lines are appended to; other processes may append too, because each line is one write in append mode.
final class LogFile: LogSink {
    let name: String
    private let state: Mutex<State>

    private struct State {
        var descriptor: Int32
        var health = SinkHealth()
        /// Whether the file ends with a line that was cut off when the disk was full.
        var isTorn = false
    }

    /// Creates the file and its folder if they do not exist.
    init(path: String) throws(SystemError) {
        name = path
        state = Mutex(State(descriptor: try Self.open(path)))
    }

    deinit {
        _ = state.withLock { close($0.descriptor) }
    }

    func append(_ line: [UInt8]) -> SinkHealth.Change? {
        state.withLock { state in
            let bytes = state.isTorn ? [UInt8(ascii: "\n")] + line : line
            let (error, written) = Descriptor.write(bytes, to: state.descriptor)
            if written > 0 { state.isTorn = error != 0 }
            return state.health.note(error: error)
        }
    }

    /// Reopens the path after a rotation; if that fails, the old file stays in use.
    func reopen() throws(SystemError) {
        let descriptor = try Self.open(name)
        state.withLock { state in
            close(state.descriptor)
            state.descriptor = descriptor
            state.isTorn = false
        }
    }

    private static func open(_ path: String) throws(SystemError) -> Int32 {
        if let slash = path.lastIndex(of: "/") { try Folder.make(String(path[..<slash])) }
        // With O_NONBLOCK, a named pipe without a reader is an error; without it, opening would block.
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK
        let descriptor = systemOpen(path, flags, 0o644)
        guard descriptor >= 0 else {
            throw SystemError("\(path) cannot be opened", code: errno)
        }
        return descriptor
    }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
    open(path, flags, mode)
}
