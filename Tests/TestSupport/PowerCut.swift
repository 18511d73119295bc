import Foundation

/// What a power cut leaves of a redis-server's append-only files, without one.
///
/// A library that is preloaded into redis-server records how much of each file its fsync has covered (see
/// `PowerCut/synced_sizes.c`); after a SIGKILL everything beyond that is cut off. That is the worst that a disk may do
/// which keeps what it says that it has written: kill -9 alone leaves all that was written in the system's memory.
/// Renames and new files in a folder are taken for durable. For Linux.
package struct PowerCut: Sendable {
    private let folder: String

    /// What the redis-server has to be started with.
    package var environment: [String: String] { ["LD_PRELOAD": library, "SYNCED_SIZES": record] }

    private var library: String { "\(folder)/synced_sizes.so" }
    private var record: String { "\(folder)/synced_sizes" }

    private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("PowerCut/synced_sizes.c").path

    /// The library goes into the folder, which is the caller's.
    package init(in folder: String) throws {
        self.folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, Self.source]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw Failure(description: "clang does not make the library") }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Cuts every file of the server's append-only folder, the server being dead; how many bytes went.
    @discardableResult
    package func cut(_ redis: TestRedis) throws -> Int {
        let folder = URL(fileURLWithPath: redis.folder).resolvingSymlinksInPath().path + "/appendonlydir"
        let synced = try syncedSizes()
        var lost = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let path = "\(folder)/\(name)"
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
            let kept = min(size, synced[path] ?? 0)
            guard truncate(path, off_t(kept)) == 0 else { throw Failure(description: "\(path) cannot be cut") }
            lost += size - kept
        }
        return lost
    }

    /// How much of each file is on the disk, by its path.
    package func syncedSizes() throws -> [String: Int] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: record))
        var sizes: [String: Int] = [:]
        for start in stride(from: 0, to: bytes.count, by: 512) {
            let path = String(decoding: bytes[start + 8..<start + 512].prefix { $0 != 0 }, as: UTF8.self)
            let size = bytes[start..<start + 8].reversed().reduce(0) { $0 << 8 | Int($1) }
            guard !path.isEmpty, size >= 0 else { continue }
            sizes[path] = max(size, sizes[path] ?? 0)
        }
        return sizes
    }
}
