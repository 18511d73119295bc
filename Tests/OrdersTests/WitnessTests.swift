import Foundation
import Orders
import POSIX
import Redis
import Tape
import TestSupport
import Testing

/// Where the newest acknowledged entry is remembered outside of the ledger: files, and another Redis.
@Suite struct WitnessTests {
    @Test func `nothing is written to a witness before all of them were read`() async throws {
        let folder = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let expectedEntries = ExpectedEntries(witnesses: [try WitnessFile(folder: folder, prefix: "")])
        expectedEntries.hold(record(5))
        #expect(WitnessFile.read(folder: folder, prefix: "").isEmpty)
        expectedEntries.settle([(record(5), .found)], together: true)
        expectedEntries.open()
        #expect(WitnessFile.read(folder: folder, prefix: "").map(\.record) == [record(5)])
    }

    @Test func `what a witness held of others is looked for, too`() async throws {
        let redis = try await TestRedis()
        let (one, other) = (
            WitnessRedis(redis.client(), keys: TapeKeys()), WitnessRedis(redis.client(), keys: TapeKeys())
        )
        one.write(record(5))
        try await eventually("it is kept") { try await one.read() == .record(record(5)) }
        other.write(record(6))
        try await eventually("it is kept") { try await one.read() == .record(record(6)) }
        // The one that wrote last may not have been answered yet.
        try await eventually("what it replaced is told") { other.takeRecordsOfOthers() == [record(5)] }
        #expect(one.takeRecordsOfOthers() == [] && other.takeRecordsOfOthers() == [])
        one.write(record(4))
        try await eventually("what is newer is told") { one.takeRecordsOfOthers() == [record(6)] }

        let folder = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try WitnessFile(folder: folder, prefix: "").write(record(5))
        let file = try WitnessFile(folder: folder, prefix: "")
        file.write(record(6))
        #expect(file.takeRecordsOfOthers() == [record(5)] && file.takeRecordsOfOthers() == [])
    }

    @Test func `a ledger whose witness cannot be read is not opened at nothing`() async throws {
        let fixture = try await LedgerFixture(orders: 0)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        try FileManager.default.createDirectory(atPath: fixture.folder, withIntermediateDirectories: true)
        let path = "\(fixture.folder)/orders-0.json"
        try Data("x".utf8).write(to: URL(fileURLWithPath: path))
        func opener(_ redis: RedisClient? = nil) -> LedgerOpener {
            LedgerOpener(
                ledger: fixture.client, readModel: fixture.client,
                witnesses: LedgerWitnesses(folder: redis == nil ? fixture.folder : nil, redis: redis, keys: TapeKeys()),
                keys: TapeKeys(), clock: fixture.clock)
        }
        #expect(try await opener().open(.real, alreadySold: nil) == .hadOne("the witness \(path) cannot be read"))
        // Nor is it written over.
        try WitnessFile(folder: fixture.folder, prefix: "").write(record(5))
        #expect(WitnessFile.read(folder: fixture.folder, prefix: "").map(\.record) == [nil, record(5)])
        for command in [["SET", "{orders}:witness", "x"], ["RPUSH", "{orders}:witness", "x"]] {
            let other = try await TestRedis()
            _ = try await other.client().send(RedisCommand(command[0], arguments: Array(command.dropFirst())))
            guard case .hadOne(let trace) = try await opener(other.client()).open(.real, alreadySold: nil) else {
                Issue.record("it was opened")
                continue
            }
            #expect(trace.contains("{orders}:witness in Redis 127.0.0.1:"))
        }
    }

    private func record(
        _ number: UInt64, opened: UInt64 = 1, kind: DataKind = .real
    ) -> WitnessRecord {
        WitnessRecord(
            kind: kind, opened: StreamID(milliseconds: opened, sequence: 0),
            LedgerClaim(
                mark: LedgerMark(id: StreamID(milliseconds: number, sequence: 2), tail: OrderTail(bits: number)),
                total: Satoshi(UInt128(number))))
    }

    @Test func `a witness file that holds what its record does not stand for is left as it is`() throws {
        let folder = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ record: WitnessRecord) throws { try WitnessFile(folder: folder, prefix: "").write(record) }
        func kept() -> [WitnessRecord?] { WitnessFile.read(folder: folder, prefix: "").map(\.record) }
        try write(record(7))
        try write(record(3, opened: 9, kind: .sandbox))
        try write(record(3, opened: 9))
        // Less of the same ledger, as a process knows it that began before the other's last order.
        try write(record(6))
        #expect(
            kept() == [
                record(7), record(3, opened: 9, kind: .sandbox), record(3, opened: 9), record(6),
            ])
        // More of the same ledger, and another sandbox.
        try write(record(8))
        try write(record(1, opened: 10, kind: .sandbox))
        #expect(
            kept() == [
                record(8), record(1, opened: 10, kind: .sandbox), record(3, opened: 9), record(6),
            ])
    }

    @Test func `what a witness could not take is written again once it can be`() async throws {
        let fixture = try await LedgerFixture()
        let other = try await TestRedis()
        let witness = WitnessRedis(other.client(), keys: TapeKeys())
        let expectedEntries = ExpectedEntries(witnesses: [witness])
        let detector = fixture.detector(of: expectedEntries, witness: witness)
        try await detector.check()
        _ = try await other.client().send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "1"))
        let newest = try await fixture.newest()
        expectedEntries.acknowledge(newest, found: nil, on: nil)
        try await eventually("the failure is told") { witness.writeFailure != nil }
        _ = try await other.client().send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "0"))
        try await eventually("it is written again") {
            try await detector.check()
            return try await witness.read() == expectedEntries.record.map { .record($0) } && witness.writeFailure == nil
        }
    }

    @Test(arguments: ["rm", "rm -r", "mv"])
    func `a witness file that somebody takes away is told, and made again`(command: String) async throws {
        let fixture = try await LedgerFixture()
        let file = try WitnessFile(folder: fixture.folder, prefix: "")
        let expectedEntries = ExpectedEntries(witnesses: [file])
        let detector = fixture.detector(of: expectedEntries)
        func kept() -> [WitnessRecord?] { WitnessFile.read(folder: fixture.folder, prefix: "").map(\.record) }
        func takeAway() throws {
            let path = try #require(file.path)
            switch command {
            case "rm": try FileManager.default.removeItem(atPath: path)
            case "rm -r": try FileManager.default.removeItem(atPath: fixture.folder)
            default:
                try FileManager.default.moveItem(atPath: path, toPath: "\(fixture.folder)/old-\(UUID().uuidString)")
            }
        }
        try await detector.check()
        let newest = try await fixture.newest()
        expectedEntries.acknowledge(newest, found: nil, on: nil)
        let record = try #require(expectedEntries.record)
        #expect(kept() == [record] && file.writeFailure == nil)

        try takeAway()
        #expect(file.writeFailure?.hasPrefix("\(fixture.folder)/orders-0.json") == true)
        try await detector.check()
        #expect(kept() == [record] && file.writeFailure == nil)

        // The next order does not wait for the next look.
        try takeAway()
        let next = LedgerClaim(
            mark: LedgerMark(id: try #require(newest.mark.id.successor), tail: OrderTail(bits: 7)), total: newest.total)
        expectedEntries.acknowledge(next, found: newest.mark, on: nil)
        #expect(kept().map { $0?.claim } == [next] && file.writeFailure == nil)
    }

    @Test func `each process has a witness file of its own, and reads those that others have left`() throws {
        let folder = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(WitnessFile.read(folder: folder, prefix: "p:").isEmpty)
        do {
            let first = try WitnessFile(folder: folder, prefix: "p:")
            let second = try WitnessFile(folder: folder, prefix: "p:")
            #expect(first.path == nil)
            first.write(record(7))
            second.write(record(8))
            second.write(record(9))
            #expect(first.path == "\(folder)/p:orders-0.json" && second.path == "\(folder)/p:orders-1.json")
            #expect(first.writeFailure == nil)
        }
        let found = WitnessFile.read(folder: folder, prefix: "p:")
        #expect(found.map(\.record) == [record(7), record(9)])
        #expect(WitnessFile.read(folder: folder, prefix: "").isEmpty)
        // A file that somebody has spoilt is told, and is not taken for a record.
        try Data(#"{"kind":"real","opened":"x"}"#.utf8).write(to: URL(fileURLWithPath: "\(folder)/p:orders-0.json"))
        #expect(WitnessFile.read(folder: folder, prefix: "p:").map(\.record) == [nil, record(9)])
        #expect(throws: SystemError.self) { try WitnessFile(folder: "/proc/witness", prefix: "") }
    }

    @Test func `records are read as they are written, and nothing else is`() {
        let record = WitnessRecord(
            kind: .sandbox, opened: StreamID(milliseconds: 1, sequence: 0),
            LedgerClaim(
                mark: LedgerMark(id: StreamID(milliseconds: .max, sequence: .max), tail: OrderTail(bits: .max)),
                total: Satoshi(99_999_999_999_999_999_999_999_999_999_999_999_999)))
        #expect(WitnessRecord(Array(record.text.utf8)) == record)
        #expect(record.text.utf8.count < 256)
        for text in ["", "{}", "null", record.text + "x", record.text.replacing("-0", with: "-"), "{\"kind\":1}"] {
            #expect(WitnessRecord(Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func `another Redis keeps the highest total of a ledger`() async throws {
        let redis = try await TestRedis()
        let witness = WitnessRedis(redis.client(), keys: TapeKeys())
        for total in [UInt64](1...200) { witness.write(record(total)) }
        try await eventually("the newest record arrives") { try await witness.read() == .record(record(200)) }
        witness.write(record(150))
        witness.write(record(201))
        try await eventually("a newer record arrives") { try await witness.read() == .record(record(201)) }
        // That of another ledger is not written over, before a person has counted it.
        witness.write(record(1, opened: 2))
        try await eventually("that it is not taken is told") {
            witness.writeFailure?.contains("not this ledger's") == true
        }
        #expect(try await witness.read() == .record(record(201)))
        try await witness.replace(record(200), by: record(0, opened: 2))
        #expect(try await witness.read() == .record(record(201)))
        try await witness.replace(record(201), by: record(0, opened: 2))
        #expect(try await witness.read() == .record(record(0, opened: 2)))
        witness.write(record(1, opened: 2))
        try await eventually("it is taken") { witness.writeFailure == nil }
        redis.signal(SIGKILL)
        witness.write(record(3, opened: 2))
        try await eventually("the failure is told") { witness.writeFailure != nil }
    }
}
