import Basics
import Blocks
import Foundation
import Logging
import Synchronization
import Tape
import TestSupport
import Testing

@testable import Archive

/// What an archive worker does about its stores: several of them, damaged ones, those that fail, and days that are to be shorter.
@Suite struct ArchiveStoresTests {
    @Test(arguments: ["a file in its place", "a full disk"])
    func `a store that cannot be written to delays, loses nothing, and is told once in words`(what: String) async throws
    {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(3)
        let path = "\(tape.folder)/other"
        let mount = what == "a full disk" ? TinyDisk(at: path) : nil
        if what == "a full disk" {
            // Only root may mount.
            guard mount != nil else { return }
            try await tape.put(hour: hour, coins: 60)
        } else {
            try Data().write(to: URL(fileURLWithPath: path))
            try await tape.put(hour: hour, coins: 60)
        }
        try await tape.put(hour: hour.advanced(byMinutes: 60), coins: 60)
        let running = Task { [worker = try tape.worker(["other"])] in try await worker.run() }
        defer { running.cancel() }
        try await eventually("it is tried three times") {
            tape.said.all.count { $0.event == "archive.failed" } >= 3
        }
        let told = tape.said.all.filter { $0.event == "archive.failed" && $0.level > .debug }
        #expect(told.count == 1)
        let words = "\(told.first?.metadata["detail"] ?? "")"
        #expect(words.contains("file://\(path)"))
        #expect(words.contains(what == "a full disk" ? "No space left" : "Not a directory"), "\(words)")
        #expect(try await tape.entries().isEmpty)
        if let mount { mount.grow() } else { try FileManager.default.removeItem(atPath: path) }
        try await eventually("both hours are there") { try await tape.entries().count == 2 }
        for hour in [hour, hour.advanced(byMinutes: 60)] {
            #expect(try await tape.block(.hour(hour), in: "other")?.lists(coins: 60) == 60)
        }
        #expect(try tape.temporaries(in: "other").isEmpty)
        running.cancel()
        _ = try? await running.value
    }

    @Test func `two stores get the same, also where one has more lists than Redis`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(3)
        let name = BlockName.hour(hour)
        // Each has what Redis no longer has, and Redis what they lack.
        func minutes(_ range: Range<Int>) -> [BlockMinute] {
            (0..<60).map { number in
                guard range.contains(number) else { return .missing }
                let csv = Array(ArchiveTape.csv(hour.advanced(byMinutes: number)).utf8)
                return .list(BlockList(csv: csv, columns: Array(ArchiveTape.columns.utf8), count: 5, fields: []))
            }
        }
        _ = try await tape.store("one").create(
            name.file, BlockContents(first: hour, minutes(0..<30), key: "CMC ID").bytes)
        _ = try await tape.store("two").create(
            name.file, BlockContents(first: hour, minutes(10..<35), key: "CMC ID").bytes)
        try await tape.put(hour: hour, minutes: 20..<58)
        try await tape.putGap(hour.advanced(byMinutes: 59), "upstream", "none")
        try await tape.work(["one", "two", "three"])
        let bytes = try await tape.bytes(name, in: "one")
        for folder in ["one", "two", "three"] {
            #expect(try await tape.bytes(name, in: folder) == bytes)
            #expect(try await tape.block(name, in: folder)?.lists() == 58)
            try await tape.checkEntries(in: folder)
            #expect(try tape.temporaries(in: folder).isEmpty)
        }
    }

    @Test func `a block that is there and lacks nothing stays byte for byte, and its entry tells of it`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(3)
        let name = BlockName.hour(hour)
        // The same lists in other bytes, as a later build may write them.
        let minutes = (0..<60).map { number in
            BlockMinute.list(
                BlockList(
                    csv: Array(ArchiveTape.csv(hour.advanced(byMinutes: number)).utf8),
                    columns: Array(ArchiveTape.columns.utf8), count: 5, fields: []))
        }
        let bytes = BlockContents(first: hour, minutes, key: nil).bytes
        _ = try await tape.store().create(name.file, bytes)
        try await tape.put(hour: hour, minutes: 30..<60)
        try await tape.work()
        #expect(try await tape.bytes(name) == bytes)
        try await tape.checkEntries()
    }

    @Test func `a damaged block is replaced, and that is told`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(3)
        try await tape.put(hour: hour)
        try await tape.work()
        try tape.damage(.hour(hour)) { $0 / 2 }
        // Its entry is lost, too.
        try await tape.send("DEL", "archive")
        try await tape.work()
        #expect(try await tape.block(.hour(hour))?.lists() == 60)
        #expect(tape.said.told.contains("archive.block_damaged"))
        #expect(tape.said.told.contains("archive.block_replaced"))
        try await tape.checkEntries()
    }

    // MARK: Stores that do not answer

    @Test func `a store that does not answer costs the others nothing, and gets all when it is back`() async throws {
        let tape = try await ArchiveTape()
        let first = ArchiveTape.day(2)
        for number in 0..<25 { try await tape.put(hour: first.advanced(byMinutes: number * 60), coins: 3) }
        // Neither can be made below a file.
        let file = "\(tape.folder)/two"
        try Data().write(to: URL(fileURLWithPath: file))
        let worker = try tape.worker(["one", "two"])
        var steps = 0
        while steps < 60, try await worker.step() { steps += 1 }
        #expect(try await tape.entries().count == 25)
        #expect(try await tape.entries("archive:days").count == 1)
        try await tape.checkEntries(in: "one")
        #expect(tape.said.told.contains("archive.store_behind") && !tape.said.told.contains("archive.failed"))
        try FileManager.default.removeItem(atPath: file)
        while try await worker.step() {}
        #expect(try await tape.files(in: "two") == tape.files(in: "one"))
        #expect(try await tape.files(in: "two").count > 24)
        for file in try await tape.files(in: "one") {
            let name = try #require(BlockName(file: file))
            #expect(try await tape.bytes(name, in: "two") == tape.bytes(name, in: "one"))
        }
    }

    @Test func `where no store answers an hour waits`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(3)
        try await tape.put(hour: hour)
        for name in ["one", "two"] { try Data().write(to: URL(fileURLWithPath: "\(tape.folder)/\(name)")) }
        let worker = try tape.worker(["one", "two"])
        await #expect(throws: StoreError.self) { try await worker.step() }
        #expect(try await tape.entries().isEmpty)
        try FileManager.default.removeItem(atPath: "\(tape.folder)/two")
        while try await worker.step() {}
        #expect(try await tape.entries().count == 1)
        try await tape.checkEntries(in: "two")
    }

    // MARK: Digits

    @Test func `old days keep fewer digits if the config says so, in every store, and tell of it`() async throws {
        let tape = try await ArchiveTape()
        let (old, young) = (ArchiveTape.day(40), ArchiveTape.day(20))
        func list(_ minute: Minute) -> BlockMinute {
            let csv = "Rank,Symbol,Price USD,CMC ID\r\n1,BTC,102124.15516260578,1\r\n2,ETH,3456.5,1027\r\n"
            return .list(
                BlockList(csv: Array(csv.utf8), columns: Array(ArchiveTape.columns.utf8), count: 2, fields: []))
        }
        for day in [old, young] {
            var minutes = (0..<1440).map { list(day.advanced(byMinutes: $0)) }
            minutes[7] = .gap(code: "upstream", detail: "no answer")
            minutes[8] = .missing
            let bytes = BlockContents(first: day, minutes, key: "CMC ID").bytes
            for folder in ["one", "two"] {
                #expect(try await tape.store(folder).create(BlockName.day(day).file, bytes))
            }
        }
        let before = try await tape.bytes(.day(young), in: "one")
        try await tape.work(["one", "two"])
        #expect(try await tape.bytes(.day(old), in: "two") == tape.bytes(.day(old), in: "one"))
        let exact = try await tape.bytes(.day(old), in: "one")
        let worker = try tape.worker(["one", "two"], digits: #"{"after": "30d", "significant": 9}"#)
        while try await worker.step() {}
        let block = try #require(try await tape.block(.day(old), in: "one"))
        #expect(try await block.digits() == 9)
        let csv = try #require(try await block.list(1000))
        #expect(String(decoding: csv, as: UTF8.self).contains("1,BTC,102124.155,1\r\n2,ETH,3456.5,1027"))
        #expect(block.kind(8) == .missing && block.count(.list) == 1438)
        #expect(try await block.gap(7)?.detail == "no answer")
        #expect(try await tape.bytes(.day(old), in: "two") == tape.bytes(.day(old), in: "one"))
        #expect(try await tape.bytes(.day(old), in: "one") != exact)
        #expect(try await tape.bytes(.day(young), in: "one") == before)
        #expect(tape.said.all.count { $0.event == "archive.rounded" } == 2)
        // Hours that lie beside it are not taken for what it lacks.
        let hour = BlockName.hour(old.advanced(byMinutes: 60))
        let hourly = BlockContents(
            first: hour.first, (0..<60).map { list(hour.first.advanced(byMinutes: $0)) }, key: "CMC ID"
        ).bytes
        _ = try await tape.store("one").create(hour.file, hourly)
        try await HourCleaning(stores: [tape.store("one")], logger: tape.said.logger).run(now: tape.clock.now)
        #expect(try await tape.bytes(hour, in: "one") == nil && !tape.said.told.contains("archive.block_damaged"))
        // Another worker finds nothing to do.
        let next = try tape.worker(["one", "two"], digits: #"{"after": "30d", "significant": 9}"#)
        while try await next.step() {}
        #expect(tape.said.all.count { $0.event == "archive.rounded" } == 2)
        let found = Mutex<[ArchiveAudit.Finding]>([])
        await ArchiveAudit(
            stores: [tape.store("one"), tape.store("two")], hours: tape.reader("archive"),
            days: tape.reader("archive:days"), isDeep: true
        ) { finding in found.withLock { $0.append(finding) } }.run()
        let notes = found.withLock(\.self)
        #expect(!notes.contains { if case .wrong = $0 { true } else { false } }, "\(notes)")
        let name = BlockName.day(old)
        #expect(notes.contains(.note("1 blocks, \(name) to \(name), are rounded to 9 digits or more")))
    }
}

/// A disk of 4 KB, as root may mount one.
private final class TinyDisk {
    private let path: String

    init?(at path: String) {
        self.path = path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("none", path, "tmpfs", 0, "size=4k") == 0 else { return nil }
    }

    func grow() { _ = mount("none", path, "tmpfs", UInt(MS_REMOUNT), "size=16m") }

    deinit { umount2(path, Int32(MNT_DETACH)) }
}
