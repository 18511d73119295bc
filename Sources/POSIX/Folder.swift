#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Makes folders as `mkdir -p` does, with the mode 0755 less the umask.
package enum Folder {
    /// Makes a folder, and those above it, where they are missing; returns whether the last one was made by this call.
    ///
    /// What is there already may lie in a folder that we may not write to, or on a disk that is read-only.
    @discardableResult
    package static func make(_ path: String) throws(SystemError) -> Bool {
        var prefix = path.hasPrefix("/") ? "/" : ""
        var isNew = false
        for part in path.split(separator: "/") {
            prefix += (prefix.isEmpty || prefix.hasSuffix("/") ? "" : "/") + part
            isNew = mkdir(prefix, 0o755) == 0
            let code = errno
            guard isNew || code == EEXIST || access(prefix, X_OK) == 0 else {
                throw SystemError("the folder \(prefix) cannot be made", code: code)
            }
        }
        return isNew
    }
}
