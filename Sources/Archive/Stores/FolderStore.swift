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

    /// Makes nothing: the folder is made with the first file.
    package init(folder: String) {
        self.folder = folder
    }

    package func create(_ file: String, _ bytes: [UInt8]) async throws(StoreError) -> Bool {
        let path = path(file)
        return try await blocking { () throws(SystemError) in
            let parent = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
            try Folder.make(parent)
            DurableFile.removeTemporaries(in: parent)
            return try DurableFile.create(path, bytes)
        }
    }

    package func open(_ file: String) async throws(StoreError) -> (any BlockSource)? {
        let path = path(file)
        return try await blocking { () throws(SystemError) in try ReadableFile(path).map(FileSource.init) }
    }

    package func files(in folder: String) async throws(StoreError) -> [StoredFile] {
        let top = folder.isEmpty ? self.folder : path(folder)
        let prefix = folder.isEmpty ? "" : "\(folder)/"
        return try await blocking { () throws(SystemError) in
            try FolderListing.files(below: top).map { StoredFile(name: prefix + $0.name, size: $0.size) }
        }
    }

    package func remove(_ file: String) async throws(StoreError) {
        let path = path(file)
        try await blocking { () throws(SystemError) in try DurableFile.remove(path) }
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

/// A file as a block's source; the reads run on a thread of their own kind, and hold up no other work.
struct FileSource: BlockSource {
    private let file: ReadableFile

    init(_ file: ReadableFile) {
        self.file = file
    }

    var size: Int { file.size }

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
