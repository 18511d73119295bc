#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes files that are complete or do not exist, even after a power cut.
///
/// All functions block.
package enum DurableFile {
    /// The prefix of temporary files.
    static let temporary = ".tmp-"

    /// Writes a new file, and syncs it and its folder; returns false and writes nothing if the path exists, and then syncs the
    /// folder.
    ///
    /// The folder must exist. The bytes are written to a temporary file in the folder first, which a killed process leaves
    /// behind; `removeTemporaries` removes it.
    package static func create(_ path: String, _ bytes: [UInt8]) throws(SystemError) -> Bool {
        let temporary = temporary(for: path)
        try write(temporary, bytes, isSynced: true)
        defer { unlink(temporary) }
        // Unlike rename(2), link(2) replaces nothing.
        let isNew = link(temporary, path) == 0
        guard isNew || errno == EEXIST else { throw SystemError(path, code: errno) }
        // The process that created the other file may not have synced it yet.
        try sync(folder: split(path).folder)
        return isNew
    }

    /// Replaces the file at the path atomically; otherwise like `create`.
    package static func replace(_ path: String, _ bytes: [UInt8]) throws(SystemError) {
        let temporary = temporary(for: path)
        try write(temporary, bytes, isSynced: true)
        guard rename(temporary, path) == 0 else {
            let code = errno
            unlink(temporary)
            throw SystemError(path, code: code)
        }
        try sync(folder: split(path).folder)
    }

    /// Removes a file and syncs its folder; succeeds if the file does not exist.
    package static func remove(_ path: String) throws(SystemError) {
        guard unlink(path) == 0 else {
            if errno == ENOENT { return }
            throw SystemError(path, code: errno)
        }
        do throws(SystemError) {
            try sync(folder: split(path).folder)
        } catch {
            // Another process may have removed the folder together with its last file.
            guard error.code == ENOENT else { throw error }
        }
    }

    /// Removes temporary files of killed processes that are older than an hour.
    package static func removeTemporaries(in folder: String) {
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        let now = time(nil)
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name.hasPrefix(temporary) else { continue }
            var status = stat()
            let path = "\(folder)/\(name)"
            if stat(path, &status) == 0, now - modified(status) > 3600 { unlink(path) }
        }
    }

    private static func modified(_ status: stat) -> Int {
        #if canImport(Glibc)
            status.st_mtim.tv_sec
        #else
            status.st_mtimespec.tv_sec
        #endif
    }

    /// A path in the same folder that no other call uses.
    private static func temporary(for path: String) -> String {
        let (folder, name) = split(path)
        return "\(folder)/\(temporary)\(getpid())-\(UInt32.random(in: 0 ... .max))-\(name)"
    }

    private static func split(_ path: String) -> (folder: String, name: Substring) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
        let folder = path[..<slash]
        return (folder.isEmpty ? "/" : String(folder), path[path.index(after: slash)...])
    }

    /// Writes a file that must not exist yet; removes it if it cannot be written completely.
    static func write(_ path: String, _ bytes: [UInt8], isSynced: Bool) throws(SystemError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemError(path, code: errno) }
        var code: Int32 = 0
        bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count, let start = bytes.baseAddress {
                let count = Self.write(descriptor, start + written, bytes.count - written)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else {
                    code = count == 0 ? EIO : errno
                    return
                }
                written += count
            }
        }
        if isSynced, code == 0, fsync(descriptor) != 0 { code = errno }
        if close(descriptor) != 0, code == 0 { code = errno }
        guard code == 0 else {
            unlink(path)
            throw SystemError(path, code: code)
        }
    }

    private static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }

    /// Syncs the list of files and folders in a folder.
    package static func sync(folder: String) throws(SystemError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(folder, code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw SystemError(folder, code: errno) }
    }
}

/// A file for reading at any position; it stays the same file even if its path is replaced.
///
/// All functions block.
package final class ReadableFile: Sendable {
    private let descriptor: Int32
    private let path: String
    /// In bytes, at the time of opening.
    package let size: Int

    /// nil if there is no file at the path.
    package init?(_ path: String) throws(SystemError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0 else {
            size = 0
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw SystemError(path, code: errno)
        }
        guard fstat(descriptor, &status) == 0 else {
            size = 0
            throw SystemError(path, code: errno)
        }
        size = Int(status.st_size)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether the file still has a name, so that it was neither replaced nor removed.
    package var isNamed: Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_nlink > 0
    }

    /// The bytes of the range; fewer if the file was shortened.
    package func read(_ range: Range<Int>) throws(SystemError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = 0
            while count < range.count, let start = buffer.baseAddress {
                let read = pread(descriptor, start + count, range.count - count, off_t(range.lowerBound + count))
                if read < 0, errno == EINTR { continue }
                if read < 0 { code = errno }
                guard read > 0 else { return }
                count += read
            }
        }
        guard code == 0 else { throw SystemError(path, code: code) }
        return bytes
    }
}
