#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Files in a folder that may be lost; the least recently used ones can be removed.
///
/// Several processes may share the folder. Other files in it are not touched. All functions block.
package struct SpareFiles: Sendable {
    private let folder: String
    /// The suffix of their names.
    private static let ending = ".spare"

    /// Creates the folder if it is missing.
    package init(folder: String) throws(SystemError) {
        self.folder = folder
        try Folder.make(folder)
    }

    /// The bytes of a file, which then counts as used now; nil if there is no such file.
    package func read(_ name: String) throws(SystemError) -> [UInt8]? {
        guard let file = try ReadableFile(path(name)) else { return nil }
        let bytes = try file.read(0..<file.size)
        // It may have been removed in the meantime.
        utimensat(AT_FDCWD, path(name), nil, 0)
        return bytes
    }

    /// Replaces the file atomically for readers, but a power cut may leave half of it.
    package func write(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
        let temporary = "\(folder)/\(DurableFile.temporary)\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try DurableFile.write(temporary, bytes, isSynced: false)
        guard rename(temporary, path(name)) == 0 else {
            let code = errno
            unlink(temporary)
            throw SystemError(path(name), code: code)
        }
    }

    package func remove(_ name: String) {
        unlink(path(name))
    }

    /// If the files exceed `most` bytes in total, removes the least recently used ones until `rest` bytes are left.
    package func shrink(from most: Int, to rest: Int) throws(SystemError) {
        DurableFile.removeTemporaries(in: folder)
        var files: [(used: timespec, size: Int, name: String)] = []
        for file in try FolderListing.files(below: folder) where file.name.hasSuffix(Self.ending) {
            var status = stat()
            guard stat("\(folder)/\(file.name)", &status) == 0 else { continue }
            #if canImport(Glibc)
                files.append((status.st_mtim, Int(status.st_size), file.name))
            #else
                files.append((status.st_mtimespec, Int(status.st_size), file.name))
            #endif
        }
        var total = files.reduce(0) { $0 + $1.size }
        guard total > most else { return }
        files.sort { ($0.used.tv_sec, $0.used.tv_nsec) < ($1.used.tv_sec, $1.used.tv_nsec) }
        for file in files {
            if total <= rest { return }
            // Another process may have removed it already.
            unlink("\(folder)/\(file.name)")
            total -= file.size
        }
    }

    private func path(_ name: String) -> String { "\(folder)/\(name)\(Self.ending)" }
}
