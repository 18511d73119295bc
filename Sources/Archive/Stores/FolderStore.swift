package import Blocks
import NIOPosix
import POSIX

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Blocks as files below a folder.
package struct FolderStore: BlockStore {
    private let folder: String

    package var name: String { "file://\(folder)" }

    /// Creates nothing yet: the folder is created with the first file.
    package init(folder: String) {
        self.folder = folder
    }

    package func create(_ file: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        try await blocking { () throws(SystemError) in
            try inFolder(of: file) { () throws(SystemError) in try DurableFile.create(path(file), bytes) }
        }
    }

    package func replace(_ file: String, _ bytes: [UInt8]) async throws(StoreError) {
        try await blocking { () throws(SystemError) in
            try inFolder(of: file) { () throws(SystemError) in try DurableFile.replace(path(file), bytes) }
        }
    }

    /// Creates the folders of a file durably, then runs `body` in them.
    private func inFolder<Result>(
        of file: String, _ body: () throws(SystemError) -> Result
    ) throws(SystemError) -> Result {
        for _ in 0..<10 {
            do throws(SystemError) {
                try prepare(file)
                return try body()
            } catch {
                // Another process may have removed the folder together with its last file.
                guard error.code == ENOENT else { throw error }
            }
        }
        try prepare(file)
        return try body()
    }

    private func prepare(_ file: String) throws(SystemError) {
        let folders = folders(of: file)
        try Folder.make(folders[0])
        DurableFile.removeTemporaries(in: folders[0])
        // Also if another process created the folders, because it may not have synced them yet.
        for folder in folders.dropFirst() { try DurableFile.sync(folder: folder) }
        // We may not be allowed to read the parent folder.
        if let slash = folder.lastIndex(of: "/"), slash > folder.startIndex {
            try? DurableFile.sync(folder: String(folder[..<slash]))
        }
    }

    /// The folder of a file, then its parents up to the store's own folder.
    private func folders(of file: String) -> [String] {
        var folders = [folder]
        for part in file.split(separator: "/").dropLast() { folders.append("\(folders[folders.count - 1])/\(part)") }
        return folders.reversed()
    }

    package func open(_ file: String) async throws(StoreError) -> (any BlockSource)? {
        let path = path(file)
        return try await blocking { () throws(SystemError) in try ReadableFile(path).map(FileSource.init) }
    }

    package func files(in folder: String) async throws(StoreError) -> [StoredFile] {
        let top = folder.isEmpty ? self.folder : path(folder)
        let prefix = folder.isEmpty ? "" : "\(folder)/"
        return try await blocking { () throws(SystemError) in
            // Only the folders of years, months and days: we may not be allowed to read others at the top of a disk.
            try FolderListing.files(below: top) { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
                .map { StoredFile(name: prefix + $0.name, size: $0.size) }
        }
    }

    package func remove(_ file: String) async throws(StoreError) {
        try await blocking { () throws(SystemError) in
            try DurableFile.remove(path(file))
            for folder in folders(of: file) { DurableFile.removeTemporaries(in: folder) }
            // Succeeds only if the folder is empty.
            if folders(of: file).count > 1 { rmdir(folders(of: file)[0]) }
        }
    }

    private func path(_ file: String) -> String { "\(folder)/\(file)" }

    private func blocking<Result: Sendable>(
        _ work: @escaping @Sendable () throws(SystemError) -> Result
    ) async throws(StoreError) -> Result {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try work() }
        } catch {
            throw StoreError(.unavailable, "\(name): \(error)")
        }
    }
}

/// A file as a block's source; reads run on a thread pool, and do not block other work.
struct FileSource: BlockSource {
    private let file: ReadableFile

    init(_ file: ReadableFile) {
        self.file = file
    }

    var size: Int { file.size }

    var isCurrent: Bool { file.isNamed }

    func read(_ ranges: [Range<Int>]) async throws -> [[UInt8]] {
        try await NIOThreadPool.singleton.runIfActive { [file] in
            try ranges.map { range in
                let bytes = try file.read(range)
                guard bytes.count == range.count else { throw BlockDamage("the file has become shorter") }
                return bytes
            }
        }
    }
}
