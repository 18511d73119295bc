import Blocks
import Foundation
import POSIX
import Synchronization
import TestSupport
import Testing

@testable import Archive

/// Bytes of which no two stretches are alike: random ones again and again, each time with their number.
func someBytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var random = SeededGenerator(seed: seed)
    let base = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) }
    var bytes: [UInt8] = []
    for number in 0...count / base.count {
        bytes += base
        for place in 0..<4 { bytes[number * base.count + place] = UInt8(truncatingIfNeeded: number >> (8 * place)) }
    }
    return Array(bytes[..<count])
}

/// Bytes in memory that remember what was read of them.
private final class Counted: BlockSource {
    let bytes: [UInt8]
    private let seen = Mutex<[Range<Int>]>([])

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var size: Int { bytes.count }
    var reads: [Range<Int>] { seen.withLock(\.self) }

    func read(_ ranges: [Range<Int>]) -> [[UInt8]] {
        seen.withLock { $0 += ranges }
        return ranges.map { Array(bytes[$0]) }
    }
}

@Suite struct BlockCacheTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/cache-\(UUID().uuidString)"
    private static let piece = BlockCache.piece

    private func cache(capacity: Int = 100_000_000) throws -> BlockCache {
        try BlockCache(folder: folder, capacity: capacity) { Issue.record("\($0)") }
    }

    private var files: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }
    }

    private var bytesKept: Int {
        get throws { try FolderListing.files(below: folder).reduce(0) { $0 + $1.size } }
    }

    @Test func `what was read once is not read again, also by another process`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = Counted(someBytes(5 * Self.piece + 77))
        let ranges = [10..<20, Self.piece - 5..<Self.piece + 5, 5 * Self.piece + 70..<source.size, 3..<3]
        let expected = ranges.map { Array(source.bytes[$0]) }
        #expect(try await CachedSource(source, named: "a", in: cache()).read(ranges) == expected)
        #expect(
            source.reads == [0..<Self.piece, Self.piece..<2 * Self.piece, 5 * Self.piece..<source.size])
        #expect(try await CachedSource(source, named: "a", in: cache()).read(ranges) == expected)
        #expect(source.reads.count == 3)
        // Of one that is there in part only the rest.
        let all = try await CachedSource(source, named: "a", in: cache()).read([0..<source.size])
        #expect(all == [source.bytes])
        #expect(Array(source.reads.dropFirst(3)) == [2, 3, 4].map { $0 * Self.piece..<($0 + 1) * Self.piece })
    }

    @Test func `another file's bytes are never served, nor those of a predecessor`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for seed in 1...3 as ClosedRange<UInt64> {
            let source = Counted(someBytes(1000, seed: seed))
            let cached = CachedSource(source, named: "file\n\"\(seed)\"", in: try cache())
            #expect(try await cached.read([0..<1000]) == [source.bytes])
            #expect(source.reads.count == 1)
        }
        // Not either where files change their names.
        let names = try files
        #expect(names.count == 3)
        try FileManager.default.removeItem(atPath: "\(folder)/\(names[0])")
        try FileManager.default.moveItem(atPath: "\(folder)/\(names[1])", toPath: "\(folder)/\(names[0])")
        for seed in 1...3 as ClosedRange<UInt64> {
            let source = Counted(someBytes(1000, seed: seed))
            let cached = CachedSource(source, named: "file\n\"\(seed)\"", in: try cache())
            #expect(try await cached.read([0..<1000]) == [source.bytes])
        }
    }

    @Test(arguments: ["flip", "cut", "empty", "longer", "shorter piece"])
    func `a damaged piece is noticed, read anew, and mended`(damage: String) async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = Counted(someBytes(1000))
        let cached = CachedSource(source, named: "a", in: try cache())
        _ = try await cached.read([0..<10])
        let path = "\(folder)/\(try #require(try files.first))"
        var content = try Data(contentsOf: URL(fileURLWithPath: path))
        switch damage {
        case "flip": content[500] ^= 1
        case "cut": content = content.prefix(600)
        case "empty": content = Data()
        case "longer": content.append(1)
        default:
            // Whole in itself, and not what this file has at the place.
            let other = CachedSource(Counted(someBytes(10)), named: "a", in: try cache())
            _ = try await other.read([0..<10])
            content = try Data(contentsOf: URL(fileURLWithPath: path))
        }
        try content.write(to: URL(fileURLWithPath: path))
        for _ in 0..<2 { #expect(try await cached.read([0..<1000]) == [source.bytes]) }
        #expect(source.reads.count == 2)
    }

    @Test func `it stays within its bounds, and what was used last stays`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let capacity = 20 * Self.piece
        let cache = try cache(capacity: capacity)
        let source = Counted(someBytes(100 * Self.piece))
        let cached = CachedSource(source, named: "a", in: cache)
        try Data(repeating: 1, count: 5_000_000).write(to: URL(fileURLWithPath: "\(folder)/other"))
        for number in 0..<100 {
            let start = number * Self.piece
            _ = try await cached.read([start..<start + 1])
            // The first is used all the time.
            _ = try await cached.read([0..<1])
            #expect(try bytesKept - 5_000_000 <= capacity)
        }
        // Who was in use was never read again, and who was long ago is.
        #expect(source.reads.count == 100)
        _ = try await cached.read([Self.piece..<Self.piece + 1])
        #expect(source.reads.count == 101)
        #expect(try files.contains("other"))
        // What an earlier process has left counts too.
        let small = try self.cache(capacity: 5 * Self.piece)
        _ = try await CachedSource(source, named: "b", in: small).read([0..<1])
        #expect(try bytesKept - 5_000_000 <= 5 * Self.piece)
    }

    @Test func `several that share the folder all the time serve what is right`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bytes = someBytes(30 * Self.piece)
        let caches = try (0..<4).map { _ in try cache(capacity: 10 * Self.piece) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, cache) in caches.enumerated() {
                group.addTask {
                    var random = SeededGenerator(seed: UInt64(number))
                    let cached = CachedSource(Counted(bytes), named: "a", in: cache)
                    for _ in 0..<100 {
                        let start = Int.random(in: 0..<bytes.count - 1000, using: &random)
                        let found = try await cached.read([start..<start + 1000])
                        #expect(found == [Array(bytes[start..<start + 1000])])
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try bytesKept <= 13 * (Self.piece + 32))
        #expect(try files.allSatisfy { !$0.hasPrefix(".tmp") })
    }

    @Test func `a long read passes it by`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let source = Counted(someBytes(50 * Self.piece))
        let cached = CachedSource(source, named: "a", in: try cache())
        #expect(try await cached.read([0..<source.size]) == [source.bytes])
        #expect(source.reads == [0..<source.size])
        #expect(try files.isEmpty)
    }

    @Test func `reading goes on where nothing can be kept, and somebody is told`() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let told = Mutex(0)
        let cache = try BlockCache(folder: folder, capacity: 1_000_000) { _ in told.withLock { $0 += 1 } }
        try FileManager.default.removeItem(atPath: folder)
        try Data().write(to: URL(fileURLWithPath: folder))
        let source = Counted(someBytes(1000))
        #expect(try await CachedSource(source, named: "a", in: cache).read([5..<10]) == [Array(source.bytes[5..<10])])
        #expect(told.withLock(\.self) == 1)
        let error = #expect(throws: SystemError.self) {
            try BlockCache(folder: folder + "/x", capacity: 1_000_000) { _ in }
        }
        #expect(error?.description.contains(folder) == true)
    }
}
