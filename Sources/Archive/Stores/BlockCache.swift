import Blocks
import Digests
import NIOPosix
package import POSIX
import Synchronization

/// Pieces of blocks that come from afar, in a folder of this machine that several processes may share.
///
/// A piece is served only if its checksum is right: one that is damaged, or was half written when the power went, is removed
/// and read anew. What cannot be kept, as on a full disk, is told to `onFailure` and does no harm to reading.
package final class BlockCache: Sendable {
    private let files: SpareFiles
    /// In bytes.
    private let capacity: Int
    private let onFailure: @Sendable (SystemError) -> Void
    /// Bytes kept since the folder was looked over; what it had before is not known.
    private let added: Mutex<Int>

    /// In bytes.
    static let piece = 131_072

    /// Makes the folder where it is missing.
    ///
    /// It holds up to `capacity` bytes, and a tenth more for each process beyond the first. `onFailure` is called on another thread, with each failure.
    package init(
        folder: String, capacity: Int, onFailure: @escaping @Sendable (SystemError) -> Void
    ) throws(SystemError) {
        files = try SpareFiles(folder: folder)
        self.capacity = capacity
        self.onFailure = onFailure
        added = Mutex(capacity)
    }

    /// Of these pieces those that are there and whole.
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

    /// Looks the folder over, which takes a while, only each time that a tenth of its capacity has been added.
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

    /// Also of what the piece is of: a file that was renamed is not served as another.
    private static func seal(_ bytes: [UInt8], _ index: Int, of name: String) -> [UInt8] {
        Digest.sha256Bytes(Array("\(name)\n\(index)\n".utf8) + bytes)
    }
}

/// A source whose pieces are kept on this machine once they were read.
struct CachedSource: BlockSource {
    private let source: any BlockSource
    /// Which bytes they are: no other file, and no later one in its place, has the same.
    private let name: String
    private let cache: BlockCache

    /// In pieces: a longer read passes the cache by, since who reads a year in one go would leave nothing else in it.
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
