#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes to file descriptors that may be full or stuck.
enum Descriptor {
    /// Writes all bytes, usually with one call; returns the errno, or zero on success, and how many bytes were written.
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> (error: Int32, written: Int) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, buffer.baseAddress?.advanced(by: written), bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            // A device that accepts nothing and reports no error would loop forever.
            if count <= 0 { return (count < 0 ? errno : ENOSPC, written) }
            written += count
        }
        return (0, written)
    }

    /// Whether a write is possible now or within this time.
    static func isWritable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let count = poll(&state, 1, milliseconds)
            if count >= 0 || errno != EINTR { return count != 0 }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
