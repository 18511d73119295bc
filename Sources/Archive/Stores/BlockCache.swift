import Blocks
import Digests
import NIOPosix
package import POSIX
import Synchronization

/// Pieces of remote blocks in a local folder, which several processes may share.
///
/// A piece is served only if its checksum matches: a damaged piece, or one that was half written at a power cut, is removed and
/// read again. If pieces cannot be kept, for example on a full disk, `onFailure` is told and reading goes on.
package final class BlockCache: Sendable {
    private let files: SpareFiles
    /// In bytes.
    private let capacity: Int
    private let onFailure: @Sendable (SystemError) -> Void
    /// Bytes added since the folder was last shrunk; the initial content is unknown.
    private let added: Mutex<Int>

    /// In bytes.
    static let piece = 131_072

    /// Creates the folder if it does not exist.
    ///
    /// It holds up to `capacity` bytes, and a tenth more for each further process. `onFailure` is called on another thread, with
    /// each failure.
    package init(
        folder: String, capacity: Int, onFailure: @escaping @Sendable (SystemError) -> Void
    ) throws(SystemError) {
        files = try SpareFiles(folder: folder)
        self.capacity = capacity
        self.onFailure = onFailure
        added = Mutex(capacity)
    }

    /// Returns those of these pieces that are cached and intact.
    func pieces(_ indices: [Int], of name: String) async -> [Int: [UInt8]] {
        let found = try? await NIOThreadPool.singleton.runIfActive { [self] in
            var pieces: [Int: [UInt8]] = [:]
            for index in indices { pieces[index] = piece(index, of: name) }
            return pieces
        }
        return found ?? [:]
    }

    func keep(_ pieces: [Int: [UInt8]], of name: String) async {
        try? await NIOThreadPool.singleton.runIfActive { [self] in
            do throws(SystemError) {
                for (index, bytes) in pieces {
                    try files.write(Self.file(index, of: name), bytes + Self.seal(bytes, index, of: name))
                }
                try makeRoom(for: pieces.reduce(0) { $0 + $1.value.count })
            } catch {
                onFailure(error)
            }
        }
    }

    private func piece(_ index: Int, of name: String) -> [UInt8]? {
        let file = Self.file(index, of: name)
        do throws(SystemError) {
            guard let content = try files.read(file) else { return nil }
            let bytes = Array(content.dropLast(32))
            if content.suffix(32).elementsEqual(Self.seal(bytes, index, of: name)) { return bytes }
            files.remove(file)
        } catch {
            onFailure(error)
        }
        return nil
    }

    /// Shrinks the folder; this is slow, and only done each time that a tenth of the capacity has been added.
    private func makeRoom(for bytes: Int) throws(SystemError) {
        let isDue = added.withLock { added in
            added += bytes
            guard added >= capacity / 10 else { return false }
            added = 0
            return true
        }
        if isDue { try files.shrink(from: capacity - capacity / 10, to: capacity - capacity / 5) }
    }

    private static func file(_ index: Int, of name: String) -> String {
        "\(Digest.sha256(Array(name.utf8)).prefix(32))-\(index)"
    }

    /// The checksum also covers the name and index, so that a renamed file is not served as another piece.
    private static func seal(_ bytes: [UInt8], _ index: Int, of name: String) -> [UInt8] {
        Digest.sha256Bytes(Array("\(name)\n\(index)\n".utf8) + bytes)
    }
}

/// A source that caches the pieces it has read on this machine.
struct CachedSource: BlockSource {
    private let source: any BlockSource
    /// Identifies the exact bytes: no other file, and no later version of this one, has the same name.
    private let name: String
    private let cache: BlockCache

    /// In pieces: a longer read bypasses the cache, because one read of a year would evict everything else.
    private static let most = 32

    init(_ source: any BlockSource, named name: String, in cache: BlockCache) {
        (self.source, self.name, self.cache) = (source, name, cache)
    }

    var size: Int { source.size }

    func read(_ ranges: [Range<Int>]) async throws -> [[UInt8]] {
        let length = ranges.reduce(0) { $0 + min($1.count, size) }
        guard length < Self.most * BlockCache.piece, ranges.allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= size })
        else { return try await source.read(ranges) }
        let wanted = Set(ranges.filter { !$0.isEmpty }.flatMap(Self.pieces)).sorted()
        guard wanted.count <= Self.most else { return try await source.read(ranges) }
        var pieces = await cache.pieces(wanted, of: name).filter { $0.value.count == range(of: $0.key).count }
        let missing = wanted.filter { pieces[$0] == nil }
        if !missing.isEmpty {
            let read = try await source.read(missing.map(range))
            let new = Dictionary(uniqueKeysWithValues: zip(missing, read))
            await cache.keep(new, of: name)
            pieces.merge(new) { $1 }
        }
        return ranges.map { range in
            guard !range.isEmpty else { return [] }
            return Self.pieces(of: range).flatMap { index in
                let start = index * BlockCache.piece
                let part = range.clamped(to: start..<start + BlockCache.piece)
                return pieces[index]?[part.lowerBound - start..<part.upperBound - start] ?? []
            }
        }
    }

    private static func pieces(of range: Range<Int>) -> ClosedRange<Int> {
        range.lowerBound / BlockCache.piece...(range.upperBound - 1) / BlockCache.piece
    }

    private func range(of piece: Int) -> Range<Int> {
        let start = piece * BlockCache.piece
        return start..<min(start + BlockCache.piece, size)
    }
}
