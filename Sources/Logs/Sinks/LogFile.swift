import POSIX
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that lines are appended to, also by other processes: each line is one write in append mode.
final class LogFile: LogSink {
    let name: String
    private let state: Mutex<State>

    private struct State {
        var descriptor: Int32
        var health = SinkHealth()
        /// The end of the file is a line that was cut short when the disk was full.
        var isTorn = false
    }

    /// Makes the file, and its folder, if they are not there.
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

    /// Opens the path anew, as after a rotation; when that fails, the old file stays in use.
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
        // A named pipe that nobody reads is an error with O_NONBLOCK; without, it would hold up the start.
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
