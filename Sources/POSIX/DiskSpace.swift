#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The disk on which a folder is, or would be made.
package enum DiskSpace {
    /// The bytes that this process may still write there, and the folder that was asked: the nearest one that exists; blocks.
    ///
    /// Throws if the path is no folder, or the folder, or the one in which it would be made, cannot be written to.
    package static func free(at path: String) throws(SystemError) -> (bytes: Int64, folder: String) {
        var folder = path
        var status = stat()
        while stat(folder, &status) != 0 {
            let code = errno
            // A link that leads nowhere is in the way of the folder.
            guard code == ENOENT, lstat(folder, &status) != 0, errno == ENOENT else {
                throw SystemError(folder, code: code)
            }
            let parent = folder.split(separator: "/").dropLast().joined(separator: "/")
            folder = folder.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw SystemError(folder, code: ENOTDIR) }
        guard access(folder, W_OK | X_OK) == 0 else { throw SystemError(folder, code: errno) }
        var space = statvfs()
        guard statvfs(folder, &space) == 0 else { throw SystemError(folder, code: errno) }
        let bytes = Int64(clamping: space.f_bavail).multipliedReportingOverflow(by: Int64(clamping: space.f_frsize))
        return (bytes.overflow ? .max : bytes.partialValue, folder)
    }
}
