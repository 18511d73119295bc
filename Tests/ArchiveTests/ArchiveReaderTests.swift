import Basics
import Blocks
import Foundation
import Tape
import TestSupport
import Testing

@testable import Archive

@Suite struct ArchiveReaderTests {
    /// An hour with a list in chunks, one that is kept as it is, and a gap, in two stores.
    private struct Hour {
        let first = ArchiveTape.hour(30)
        let folder = FileManager.default.temporaryDirectory.path + "/reader-\(UUID().uuidString)"
        let bytes: [UInt8]
        var name: BlockName { .hour(first) }
        var stores: [FolderStore] { ["one", "two"].map { FolderStore(folder: "\(folder)/\($0)") } }

        init() {
            var minutes = (0..<58).map { [first] number in
                BlockMinute.list(Hour.list(ArchiveTape.csv(first.advanced(byMinutes: number), coins: 66)))
            }
            minutes += [.gap(code: "upstream", detail: "none"), .list(Hour.list("kept as it is\r\n"))]
            bytes = BlockContents(first: first, minutes, key: "CMC ID").bytes
        }

        static func list(_ csv: String) -> BlockList {
            BlockList(csv: Array(csv.utf8), columns: Array(ArchiveTape.columns.utf8), count: 1, fields: [])
        }

        /// Where each section begins, by the lengths in the head.
        var sections: [(name: String, range: Range<Int>)] {
            func number(_ offset: Int, _ size: Int) -> Int {
                bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
            }
            var (sections, end) = ([("head", 0..<64)], 64)
            for (name, length) in [
                ("outline", number(12, 4)), ("minutes", number(24, 8)), ("directory", number(32, 8)),
                ("raw", number(40, 8)), ("chunks", number(48, 8)),
            ] {
                sections.append((name, end..<end + length))
                end += length
            }
            return sections
        }

        /// All that a client may ask of it.
        func everything(_ block: Block) async throws -> [String] {
            var all: [String] = []
            for minute in 0..<60 {
                if let gap = try await block.gap(minute) { all.append("\(gap)") }
                if let info = try await block.info(minute) { all.append("\(info.count) \(info.digest)") }
            }
            try await block.lists(from: 0, upTo: 60) { all.append("\($0) \(String(decoding: $1, as: UTF8.self))") }
            for key in block.keys {
                let rows = try await block.rows(ofCoin: key, in: 0..<60, columns: ["Rank", "Symbol", "Price USD"])
                for row in 0..<rows.count {
                    all.append("\(key) \(rows.minutes[row]) \((0..<3).map { rows.cell(row, $0) })")
                }
            }
            return all
        }
    }

    @Test func `a flipped bit in any section is found by name, and the next store's block is read instead`()
        async throws
    {
        let hour = Hour()
        defer { try? FileManager.default.removeItem(atPath: hour.folder) }
        _ = try await hour.stores[1].create(hour.name.file, hour.bytes)
        let expected = try await hour.everything(try await Block.open(BlockInMemory(hour.bytes)))
        let now = hour.first.advanced(byMinutes: 90).start
        var random = SeededGenerator(seed: 1)
        for (section, range) in hour.sections {
            #expect(!range.isEmpty, "\(section)")
            for _ in 0..<3 {
                var wrong = hour.bytes
                wrong[Int.random(in: range, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                try await hour.stores[0].remove(hour.name.file)
                _ = try await hour.stores[0].create(hour.name.file, wrong)
                let reader = ArchiveReader(stores: hour.stores, logger: Said().logger)
                var tried: [String?] = []
                let read = try await reader.read(hour.first, now: now) { found in
                    tried.append(found.store)
                    return try await hour.everything(found.block)
                }
                #expect(read == expected, "\(section)")
                #expect(tried.last == hour.stores[1].name)
                // And from then on at once.
                tried = []
                _ = try await reader.read(hour.first, now: now) { found in
                    tried.append(found.store)
                    return try await hour.everything(found.block)
                }
                #expect(tried == [hour.stores[1].name])
                // Alone it is an error that says which block of which store, and what is wrong with it.
                let alone = ArchiveReader(stores: [hour.stores[0]], logger: Said().logger)
                let error = await #expect(throws: ArchiveFailure.self) {
                    _ = try await alone.read(hour.first, now: now) { try await hour.everything($0.block) }
                }
                let words = error.map { "\($0)" } ?? ""
                #expect(words.contains("\(hour.name) in \(hour.stores[0].name): "), "\(words)")
                #expect(
                    ["head", "outline", "minutes", "directory", "list", "chunk", "coin", "block"].contains {
                        words.contains($0)
                    },
                    "\(section): \(words)")
            }
        }
    }

    @Test func `a block that is lost while it is open is read out of the next store`() async throws {
        let hour = Hour()
        defer { try? FileManager.default.removeItem(atPath: hour.folder) }
        for store in hour.stores { _ = try await store.create(hour.name.file, hour.bytes) }
        let reader = ArchiveReader(stores: hour.stores, logger: Said().logger)
        let now = hour.first.advanced(byMinutes: 90).start
        #expect(try await reader.read(hour.first, now: now) { $0.store } == hour.stores[0].name)
        let path = "\(hour.folder)/one/\(hour.name.file)"
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.truncate(atOffset: 100)
        let read = try await reader.read(hour.first, now: now) { try await hour.everything($0.block) }
        #expect(read?.count ?? 0 > 100)
    }

    @Test func `where no store answers, what Redis has is read all the same`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(1)
        try await tape.put(hour: hour, minutes: 0..<10)
        let client = TestClient()
        // Nobody listens there.
        let limits = S3Limits(patience: .milliseconds(200))
        let dead = PausingStore(try client.store(try FreePort.next(), limits: limits), for: .seconds(600))
        let recent = RecentHours(
            lists: "toplist", keys: TapeKeys(), redis: tape.client, clock: tape.clock, logger: tape.said.logger)
        let reader = ArchiveReader(stores: [dead], recent: recent, logger: Said().logger)
        #expect(try await reader.oldest() == hour)
        #expect(try await reader.newest() == hour.advanced(byMinutes: 9))
        let lists = try await reader.read(hour, now: tape.clock.now) { try await $0.block.lists() }
        #expect(lists == 10)
        // Behind a folder that has the hour it is not asked at all, and elsewhere not again.
        let began = ContinuousClock.now
        for _ in 0..<100 { #expect(try await reader.newest() == hour.advanced(byMinutes: 9)) }
        #expect(ContinuousClock.now - began < .seconds(10))
        let alone = ArchiveReader(stores: [dead], logger: Said().logger)
        await #expect(throws: StoreError.self) { try await alone.names() }
    }

    @Test func `hours that no store has yet are made of what Redis has, and grow`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(1)
        try await tape.put(hour: hour, minutes: 0..<10)
        let recent = RecentHours(
            lists: "toplist", keys: TapeKeys(), redis: tape.client, clock: tape.clock, logger: tape.said.logger)
        let reader = ArchiveReader(stores: [tape.store()], recent: recent, logger: Said().logger)
        let now = tape.clock.now
        func lists() async throws -> Int? {
            try await reader.read(hour, now: now) { found in
                #expect(found.store == nil)
                return try await found.block.lists()
            }
        }
        #expect(try await lists() == 10)
        try await tape.put(hour: hour, minutes: 10..<60)
        #expect(try await lists() == 60)
        #expect(try await reader.read(ArchiveTape.hour(2), now: now) { $0.store } == nil)
    }
}
