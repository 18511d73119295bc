#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The process' limit of open files: each connection is one.
enum OpenFiles {
    /// What other things than connections need.
    private static let reserved = 64

    /// Raises the limit as far as it may be, and returns how many of the wanted connections fit.
    ///
    /// Without that, the socket that listens would fail when the files run out.
    static func connections(wanted: Int) -> Int {
        #if canImport(Glibc)
            let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let files = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(files, &limit) == 0 else { return wanted }
        let needed = rlim_t(wanted + reserved)
        if limit.rlim_cur < needed {
            limit.rlim_cur = min(needed, limit.rlim_max)
            _ = setrlimit(files, &limit)
            getrlimit(files, &limit)
        }
        guard limit.rlim_cur < needed else { return wanted }
        return max(1, Int(limit.rlim_cur) - reserved)
    }
}
