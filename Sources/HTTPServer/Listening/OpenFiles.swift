#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The process' limit of open files; each connection needs one.
enum OpenFiles {
    /// Files that are needed for other things than connections.
    private static let reserved = 64

    /// Raises the limit as far as allowed, and returns how many of the wanted connections fit.
    ///
    /// Otherwise the listening socket would fail when the files run out.
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
