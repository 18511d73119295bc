#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file to which one process at a time appends whole lines.
///
/// All functions block.
package final class LineFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Opens the file, and makes it if there is none; throws if another process has it open as such.
    ///
    /// A last line without a newline gets one.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError(path, code: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw SystemError("\(path) is written by another process", code: errno)
        }
        let size = try size()
        var last: UInt8 = 0
        if size > 0, pread(descriptor, &last, 1, off_t(size - 1)) == 1, last != UInt8(ascii: "\n") {
            try append([UInt8(ascii: "\n")])
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// In bytes.
    package func size() throws(SystemError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemError(path, code: errno) }
        return Int(status.st_size)
    }

    /// Writes lines, and syncs the file; what could not be written as a whole is taken back.
    package func append(_ lines: [UInt8]) throws(SystemError) {
        let size = try size()
        var written = 0
        while written < lines.count {
            let count = lines[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let code = count == 0 ? ENOSPC : errno
                ftruncate(descriptor, off_t(size))
                throw SystemError(path, code: code)
            }
            written += count
        }
        guard fsync(descriptor) == 0 else { throw SystemError(path, code: errno) }
    }
}
