#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Creates folders like `mkdir -p`, with the mode 0755 minus the umask.
package enum Folder {
    /// Creates a folder and its missing parents; returns whether this call created the last one.
    ///
    /// Existing parents may be read-only.
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

/// Lists files below a folder.
package enum FolderListing {
    /// All files in the folder and its subfolders, as sorted relative paths; hidden ones are left out.
    ///
    /// Blocks. Returns an empty list if the folder does not exist. `enters` decides by its name whether to enter a subfolder.
    package static func files(
        below folder: String, enters: (String) -> Bool = { _ in true }
    ) throws(SystemError) -> [(name: String, size: Int)] {
        var files: [(name: String, size: Int)] = []
        try collect(folder, prefix: "", enters, into: &files)
        return files.sorted { $0.name < $1.name }
    }

    private static func collect(
        _ folder: String, prefix: String, _ enters: (String) -> Bool, into files: inout [(name: String, size: Int)]
    ) throws(SystemError) {
        guard let directory = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { return }
            throw SystemError(folder, code: errno)
        }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        closedir(directory)
        for name in names where !name.hasPrefix(".") {
            var status = stat()
            let path = "\(folder)/\(name)"
            // It may have been removed in the meantime.
            guard stat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if enters(name) { try collect(path, prefix: "\(prefix)\(name)/", enters, into: &files) }
            } else {
                files.append((prefix + name, Int(status.st_size)))
            }
        }
    }
}
