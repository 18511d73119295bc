import Basics
import Blocks
import Redis
import Tape
import TestSupport
import Testing

@testable import Archive

/// The archive worker on a real Redis, hour by hour.
@Suite struct ArchiveWorkerTests {
    @Test
    func
        `an hour is sealed when the stream has passed it: every list byte for byte, and its entry says what the file is`()
        async throws
    {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(3)
        func minute(_ number: Int) -> Minute { hour.advanced(byMinutes: number) }
        for number in 0..<59 {
            switch number {
            case 3: break
            case 7: try await tape.putGap(minute(7), "upstream", "rank: HTTP 500, “sorry”")
            case 20: try await tape.put(minute(20), digest: String(repeating: "0", count: 64))
            default: try await tape.put(minute(number), coins: number == 30 ? 0 : 5)
            }
        }
        // Gone, another than its entry tells, and of another type.
        try await tape.send("DEL", tape.key(minute(11)))
        try await tape.send("SET", tape.key(minute(12)), "Rank,Symbol,Price USD,CMC ID\r\n")
        try await tape.send("DEL", tape.key(minute(13)))
        try await tape.send("RPUSH", tape.key(minute(13)), "x")
        let worker = try tape.worker()
        #expect(try await !worker.step())
        #expect(try await tape.files().isEmpty)

        try await tape.put(minute(59))
        #expect(try await worker.step())
        while try await worker.step() {}
        let name = BlockName.hour(of: hour)
        #expect(try await tape.files() == [name.file])
        try await tape.checkEntries()
        #expect(try await tape.entries().map(\.minute) == [hour])
        let block = try #require(try await tape.block(name))
        for number in 0..<60 {
            let gap = try await block.gap(number)
            switch number {
            case 3, 11: #expect(block.kind(number) == .missing)
            case 7: #expect(gap?.code == "upstream" && gap?.detail == "rank: HTTP 500, “sorry”")
            case 12, 13, 20: #expect(gap?.code == "unreadable")
            default:
                #expect(try await block.text(number) == ArchiveTape.csv(minute(number), coins: number == 30 ? 0 : 5))
                let info = try #require(try await block.info(number))
                #expect(String(decoding: info.columns, as: UTF8.self) == ArchiveTape.columns)
                #expect(info.fields.map(\.name) == ["matched", "rank_minute", "source"])
            }
        }
        #expect(tape.said.told.count { $0 == "archive.list_missing" } == 4)
    }

    @Test func `hours are caught up oldest first, from the first that Redis has anything of`() async throws {
        let tape = try await ArchiveTape()
        let first = ArchiveTape.hour(6)
        try await tape.put(hour: first, minutes: 20..<60)
        for number in 1..<5 { try await tape.put(hour: first.advanced(byMinutes: number * 60)) }
        try await tape.put(hour: first.advanced(byMinutes: 300), minutes: 0..<3)
        let worker = try tape.worker()
        for number in 0..<5 {
            #expect(try await worker.step())
            #expect(try await tape.entries().last?.minute == first.advanced(byMinutes: number * 60))
        }
        while try await worker.step() {}
        #expect(try await tape.entries().count == 5)
        #expect(try await tape.block(.hour(first))?.lists() == 40)
        #expect(try await tape.block(.hour(first))?.count(.missing) == 20)
        #expect(try await tape.block(.hour(first.advanced(byMinutes: 240)))?.lists() == 60)
        try await tape.checkEntries()
    }

    @Test func `entries of the future seal nothing`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(0)
        try await tape.put(hour: hour, minutes: 0..<1)
        try await tape.put(hour.advanced(byMinutes: 60 * 24 * 30))
        try await tape.work()
        #expect(try await tape.files().isEmpty)
        // Nor do they keep what is over from being sealed.
        let other = try await ArchiveTape()
        try await other.put(hour: ArchiveTape.hour(2))
        try await other.put(hour.advanced(byMinutes: 60 * 24 * 30))
        try await other.work()
        #expect(try await other.entries().map(\.minute) == [ArchiveTape.hour(2)])
    }

    @Test func `an entry of the future in its own stream stops no sealing, and is told`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(2)
        try await tape.put(hour: hour)
        try await tape.send(
            "XADD", "archive", "\(StreamID(hour.advanced(byMinutes: 60 * 24 * 30)))", "source", "archive")
        let running = Task { [worker = try tape.worker()] in try await worker.run() }
        defer { running.cancel() }
        try await eventually("the block is there") { try await tape.block(.hour(hour))?.lists() == 60 }
        try await eventually("it is told") { tape.said.told.contains("stream.ahead") }
    }

    @Test func `an hour whose workers were killed three times is not given up`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(2)
        try await tape.put(hour: hour)
        try await tape.send("SET", TapeKeys().tries("archive", hour), "3 archive:host:00000000")
        try await tape.work()
        #expect(try await tape.block(.hour(hour))?.lists() == 60)
        try await tape.checkEntries()
    }

    @Test func `lists that may not be read delay their hour, which is told once`() async throws {
        let tape = try await ArchiveTape()
        let hour = ArchiveTape.hour(2)
        try await tape.put(hour: hour)
        try await tape.send("ACL", "SETUSER", "ann", "on", ">ann", "~*", "+@all", "-get")
        let running = Task { [worker = try tape.worker(user: "ann")] in try await worker.run() }
        defer { running.cancel() }
        try await eventually("it is tried again") { tape.said.all.count { $0.event == "worker.retries" } >= 3 }
        #expect(try await tape.entries().isEmpty)
        #expect(tape.said.told == ["worker.retries"])
        try await tape.send("ACL", "SETUSER", "ann", "+get")
        try await eventually("the block is there") { try await tape.entries().count == 1 }
        #expect(try await tape.block(.hour(hour))?.lists() == 60)
    }

    // MARK: Days

    @Test func `a day is folded after its last hour, and its hours go when it is two days old`() async throws {
        let tape = try await ArchiveTape()
        let day = ArchiveTape.day(4)
        for number in 0..<24 where number != 5 {
            let minutes = number == 23 ? 0..<59 : 0..<60
            try await tape.put(hour: day.advanced(byMinutes: number * 60), minutes: minutes, coins: 2)
        }
        let worker = try tape.worker()
        while try await worker.step() {}
        #expect(try await tape.entries("archive:days").isEmpty)
        // Hour 5 has no list, and is a block all the same.
        #expect(try await tape.files().count == 23)
        try await tape.put(day.advanced(byMinutes: 1439), coins: 2)
        while try await worker.step() {}
        #expect(try await tape.entries("archive:days").map(\.minute) == [day])
        #expect(try await tape.files() == [BlockName.day(day).file])
        let block = try #require(try await tape.block(.day(day)))
        #expect(try await block.lists(coins: 2) == 23 * 60)
        #expect(block.count(.missing) == 60)
        try await tape.checkEntries()
    }

    @Test func `the hours of a day that ended less than two days ago stay`() async throws {
        let tape = try await ArchiveTape()
        let day = ArchiveTape.day(2)
        try await tape.put(hour: day, minutes: 10..<60, coins: 1)
        try await tape.put(hour: day.advanced(byMinutes: 23 * 60), coins: 1)
        try await tape.work()
        #expect(try await tape.files().count == 25)
        #expect(try await tape.block(.day(day))?.lists(coins: 1) == 110)
        try await tape.checkEntries()
    }

    @Test(arguments: ["a list is missing", "a bit is flipped"])
    func `hours stay while their day is not whole`(what: String) async throws {
        let tape = try await ArchiveTape()
        let day = ArchiveTape.day(4)
        let last = day.advanced(byMinutes: 23 * 60)
        try await tape.put(hour: day, minutes: 0..<60, coins: 2)
        try await tape.put(hour: last, coins: 2)
        let name = BlockName.day(day)
        // As they are before the cleaning, which may be put off.
        let hours = try await sealedHours(tape, [day, last])
        _ = try await tape.store().create(name.file, dayBlock(day, hours, leavingOut: what.hasPrefix("a list")))
        if what.hasPrefix("a bit") { try tape.damage(name) { $0 - 40 } }
        try await HourCleaning(stores: [tape.store()], logger: tape.said.logger).run(now: tape.clock.now)
        // Of a day that lacks a list of its last hour the other may go.
        let kept = try await tape.files()
        #expect(kept.contains(BlockName.hour(last).file) && kept.count == (what.hasPrefix("a bit") ? 3 : 2))
        #expect(tape.said.told.contains("archive.block_damaged"))
        // Then the day is mended out of them.
        try await tape.work()
        #expect(try await tape.block(name)?.lists(coins: 2) == 120)
        try await tape.checkEntries()
    }

    private func sealedHours(_ tape: ArchiveTape, _ hours: [Minute]) async throws -> [Minute: [BlockMinute]] {
        var sealed: [Minute: [BlockMinute]] = [:]
        for hour in hours {
            sealed[hour] = (0..<60).map { number in
                let csv = Array(ArchiveTape.csv(hour.advanced(byMinutes: number), coins: 2).utf8)
                return .list(BlockList(csv: csv, columns: Array(ArchiveTape.columns.utf8), count: 2, fields: []))
            }
            let bytes = BlockContents(first: hour, sealed[hour] ?? [], key: "CMC ID").bytes
            _ = try await tape.store().create(BlockName.hour(hour).file, bytes)
        }
        return sealed
    }

    private func dayBlock(_ day: Minute, _ hours: [Minute: [BlockMinute]], leavingOut isOneLess: Bool) -> [UInt8] {
        var minutes: [BlockMinute] = []
        for number in 0..<24 {
            let hour = day.advanced(byMinutes: number * 60)
            minutes += hours[hour] ?? Array(repeating: .missing, count: 60)
        }
        if isOneLess { minutes[1439] = .missing }
        return BlockContents(first: day, minutes, key: "CMC ID").bytes
    }

    @Test func `a damaged hour is made again of what Redis has, for its day`() async throws {
        let tape = try await ArchiveTape()
        let day = ArchiveTape.day(2)
        try await tape.put(hour: day, coins: 2)
        try await tape.work()
        try tape.damage(.hour(day)) { $0 - 20 }
        try await tape.put(hour: day.advanced(byMinutes: 23 * 60), coins: 2)
        try await tape.work()
        #expect(try await tape.block(.day(day))?.lists(coins: 2) == 120)
    }

    @Test func `a day is not folded without the lists of an hour that is damaged everywhere`() async throws {
        let tape = try await ArchiveTape()
        let day = ArchiveTape.day(2)
        try await tape.put(hour: day, coins: 2)
        try await tape.put(hour: day.advanced(byMinutes: 23 * 60), minutes: 0..<59, coins: 2)
        try await tape.work()
        try tape.damage(.hour(day)) { $0 - 20 }
        for number in 0..<60 { try await tape.send("DEL", tape.key(day.advanced(byMinutes: number))) }
        try await tape.put(day.advanced(byMinutes: 1439), coins: 2)
        let worker = try tape.worker()
        // It is put aside, and told once.
        for _ in 0..<40 { _ = try await worker.step() }
        #expect(tape.said.all.count { $0.event == "archive.failed" } == 1)
        #expect(try await tape.entries("archive:days").isEmpty)
        #expect(try await tape.bytes(.day(day)) == nil)
    }

    // MARK: Adoption

    @Test func `an empty Redis adopts what the stores have, and goes on behind it`() async throws {
        let tape = try await ArchiveTape()
        let day = ArchiveTape.day(4)
        for number in [0, 23, 24, 25] { try await tape.put(hour: day.advanced(byMinutes: number * 60), coins: 2) }
        try await tape.work()
        let files = try await tape.files()
        let (hours, days) = (try await tape.entries(), try await tape.entries("archive:days"))
        #expect(hours.count == 26 && days.count == 1)
        try await tape.send("FLUSHALL")
        try await tape.work()
        // Of the day's hours, which are gone, none has an entry of its own any more.
        #expect(
            try await tape.entries().map(\.minute) == hours.map(\.minute).filter { $0 >= day.advanced(byMinutes: 1440) }
        )
        #expect(try await tape.entries("archive:days").map(\.fields) == days.map(\.fields))
        try await tape.put(hour: day.advanced(byMinutes: 27 * 60), coins: 2)
        try await tape.work()
        #expect(try await tape.entries().last?.minute == day.advanced(byMinutes: 27 * 60))
        #expect(try await Set(tape.files()).isSuperset(of: files))
        try await tape.checkEntries()
    }

    @Test func `an adoption that was cut short goes on at the next start`() async throws {
        let tape = try await ArchiveTape()
        let first = ArchiveTape.hour(8)
        for number in 0..<6 { try await tape.put(hour: first.advanced(byMinutes: number * 60), coins: 2) }
        try await tape.work()
        let all = try await tape.entries()
        try await tape.send("FLUSHALL")
        let fields = all[0].fields.flatMap { [$0.key, String(decoding: $0.value, as: UTF8.self)] }
        _ = try await tape.client.send(RedisCommand("XADD", arguments: ["archive", "\(all[0].id)"] + fields))
        try await tape.work()
        #expect(try await tape.entries().map(\.minute) == all.map(\.minute))
        try await tape.checkEntries()
    }

    @Test func `a damaged block is not adopted, and another store's is`() async throws {
        let tape = try await ArchiveTape()
        let first = ArchiveTape.hour(8)
        for number in 0..<3 { try await tape.put(hour: first.advanced(byMinutes: number * 60)) }
        try await tape.work(["one", "two"])
        // In the chunks, which the outline says nothing of.
        try tape.damage(.hour(first), in: "one") { $0 - 20 }
        try tape.damage(.hour(first.advanced(byMinutes: 60)), in: "one") { $0 - 20 }
        try tape.damage(.hour(first.advanced(byMinutes: 60)), in: "two") { $0 - 20 }
        try await tape.send("FLUSHALL")
        try await tape.work(["one", "two"])
        #expect(try await tape.entries().map(\.minute) == [first, first.advanced(byMinutes: 120)])
        #expect(tape.said.told.contains("archive.block_damaged"))
        try await tape.checkEntries(in: "two")
    }

    // MARK: Replicas

    /// Two of them, each with folders of its own or with the same one.
    @Test(arguments: [["a", "b"], ["a", "a"]])
    func `two workers race for 100 hours: one entry an hour, the same bytes everywhere`(folders: [String]) async throws
    {
        let tape = try await ArchiveTape()
        let first = ArchiveTape.day(6)
        for number in 0..<100 { try await tape.put(hour: first.advanced(byMinutes: number * 60), coins: 20) }
        try await withThrowingTaskGroup { group in
            for folder in folders {
                let worker = try tape.worker([folder])
                group.addTask { while try await worker.step() {} }
            }
            try await group.waitForAll()
        }
        #expect(try await tape.entries().map(\.minute) == (0..<100).map { first.advanced(byMinutes: $0 * 60) })
        #expect(try await tape.entries("archive:days").count == 4)
        let files = try await tape.files(in: "a")
        for folder in Set(folders) {
            try await tape.checkEntries(in: folder)
            #expect(try tape.temporaries(in: folder).isEmpty)
            #expect(try await tape.files(in: folder) == files)
            for file in files {
                let name = try #require(BlockName(file: file))
                #expect(try await tape.bytes(name, in: folder) == tape.bytes(name, in: "a"))
            }
        }
    }
}
