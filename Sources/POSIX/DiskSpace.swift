#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The disk on which a folder is, or would be made.
package enum DiskSpace {
    /// The bytes that this process may still write there, and the folder that was asked: the nearest one that exists; blocks.
    ///
    /// Throws if the folder, or the one in which it would be made, cannot be written to.
    package static func free(at path: String) throws(SystemError) -> (bytes: Int64, folder: String) {
        var folder = path
        var status = stat()
        while stat(folder, &status) != 0, errno == ENOENT {
            let parent = folder.split(separator: "/").dropLast().joined(separator: "/")
            folder = path.hasPrefix("/") ? "/" + parent : parent.isEmpty ? "." : parent
        }
        guard access(folder, W_OK | X_OK) == 0 else { throw SystemError(folder, code: errno) }
        var space = statvfs()
        guard statvfs(folder, &space) == 0 else { throw SystemError(folder, code: errno) }
        let bytes = Int64(clamping: space.f_bavail).multipliedReportingOverflow(by: Int64(clamping: space.f_frsize))
        return (bytes.overflow ? .max : bytes.partialValue, folder)
    }
}
