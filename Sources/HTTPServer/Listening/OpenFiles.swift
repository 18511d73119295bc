import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How the files that a process may open are shared by its servers: each connection is one.
struct OpenFiles {
    /// What other things than connections need.
    private static let reserved = 64

    private static let ofProcess = Mutex(OpenFiles())

    private var granted = 0

    /// Raises the limit as far as it may be, and returns how many of the wanted connections fit beside those of others.
    ///
    /// They are the server's until it releases them. Without that, the socket that listens would fail when the files run out.
    static func reserve(_ wanted: Int) -> Int {
        ofProcess.withLock { files in files.reserve(wanted) { raiseLimit(to: $0) } }
    }

    static func release(_ count: Int) {
        ofProcess.withLock { $0.release(count) }
    }

    /// Returns at least one, so that a server can say what is wrong.
    ///
    /// `limit` raises the limit to a number if it can, and returns it.
    mutating func reserve(_ wanted: Int, limit: (_ needed: Int) -> Int) -> Int {
        let others = granted + Self.reserved
        let count = max(1, min(wanted, limit(others + wanted) - others))
        granted += count
        return count
    }

    mutating func release(_ count: Int) {
        granted -= count
    }

    private static func raiseLimit(to needed: Int) -> Int {
        #if canImport(Glibc)
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let files = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return needed }
        if limit.rlim_cur < rlim_t(needed) {
            limit.rlim_cur = min(rlim_t(needed), limit.rlim_max)
            _ = setrlimit(files, &limit)
            getrlimit(files, &limit)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
