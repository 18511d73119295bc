import Foundation
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// What is remembered of a ledger, and what becomes of that when the ledger is set back.
@Suite struct LedgerHorizonTests {
    /// A ledger with some orders, on a Redis of its own, and a horizon that is kept for it.
    private struct Fixture {
        let redis: TestRedis
        let client: RedisClient
        let folder: String
        var ledger: TestLedger
        let clock = TapeClock()

        init(orders: Int = 3) async throws {
            redis = try await TestRedis()
            client = redis.client()
            folder = redis.folder + "/witness"
            ledger = TestLedger(client)
            try await ledger.open()
            try await ledger.orders(orders)
        }

        /// As an api has it: reads what there is, and writes to a file of its own.
        func keeper() throws -> (horizon: LedgerHorizon, keeper: HorizonKeeper) {
            let found = WitnessFile.read(folder: folder, prefix: "")
            let horizon = LedgerHorizon(witnesses: [try WitnessFile(folder: folder, prefix: "")])
            let history = OrderHistory(readModel: client, ledger: client, keys: TapeKeys(), clock: clock)
            return (
                horizon,
                HorizonKeeper(
                    history: history, horizon: horizon, ledger: client, files: found, keys: TapeKeys(), clock: clock)
            )
        }

        func newest() async throws -> LedgerClaim {
            let reply = try await client.send(RedisCommand("XREVRANGE", TestLedger.key, "+", "-", "COUNT", 1))
            let entry = try #require(reply.array?.first.flatMap { TapeEntry($0) })
            return LedgerClaim(try LedgerEntry(entry))
        }

        func isMarked() async throws -> Bool {
            try await client.send(RedisCommand("EXISTS", "{orders}:missing")) == .integer(1)
        }
    }

    @Test func `a restarted api still knows what it acknowledged, and every other api is told that it is missing`()
        async throws
    {
        let fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        do {
            let (horizon, keeper) = try fixture.keeper()
            try await keeper.look()
            horizon.acknowledge(acknowledged, found: nil, on: nil)
        }
        // A replica that lacked it has taken over.
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        let (restarted, keeper) = try fixture.keeper()
        try await keeper.look()
        #expect(restarted.isKnown && restarted.expected == acknowledged.mark)
        #expect(restarted.loss?.claim == acknowledged)
        #expect(try await fixture.isMarked())

        // One that has seen nothing of it itself.
        let other = LedgerHorizon()
        let history = OrderHistory(
            readModel: fixture.client, ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        let second = HorizonKeeper(
            history: history, horizon: other, ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        try await second.look()
        #expect(other.loss?.claim == acknowledged)
    }

    @Test func `orders are taken again when a person has counted what was lost, and not before`() async throws {
        let fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        horizon.acknowledge(acknowledged, found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        try await keeper.look()
        #expect(try await fixture.isMarked())

        let raiser = LedgerRaiser(ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        _ = try await raiser.raise(to: Satoshi(acknowledged.total.value - 1))
        try await keeper.look()
        let stillLost = try await fixture.isMarked()
        #expect(stillLost && horizon.loss != nil)

        _ = try await raiser.raise(to: acknowledged.total)
        #expect(try await !fixture.isMarked())
        try await keeper.look()
        let marked = try await fixture.isMarked()
        #expect(!marked && horizon.loss == nil)
        let newest = try await fixture.newest()
        #expect(horizon.newest == newest.mark)

        // The old record is not held against the ledger again, however often an api starts.
        let (restarted, again) = try fixture.keeper()
        try await again.look()
        #expect(restarted.loss == nil)
    }

    @Test func `an entry that is there again after all needs nobody to count it`() async throws {
        let fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        horizon.acknowledge(acknowledged, found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("COPY", TestLedger.key, "copy"))
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        try await keeper.look()
        #expect(try await fixture.isMarked())
        _ = try await fixture.client.send(RedisCommand("RENAME", "copy", TestLedger.key))
        try await keeper.look()
        let marked = try await fixture.isMarked()
        #expect(!marked && horizon.loss == nil)
    }

    @Test func `a stale record whose loss was counted long ago counts nothing again`() async throws {
        var fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        do {
            let (horizon, keeper) = try fixture.keeper()
            try await keeper.look()
            horizon.acknowledge(acknowledged, found: nil, on: nil)
        }
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        let raiser = LedgerRaiser(ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        guard case .raised = try await raiser.raise(to: acknowledged.total) else { throw NotRaised() }
        // More than one batch of entries behind the raise.
        try await fixture.ledger.manyOrders(2_500)
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        let marked = try await fixture.isMarked()
        #expect(!marked && horizon.loss == nil)
    }

    private struct NotRaised: Error {}

    @Test func `another ledger of the sandbox is none of a record's`() async throws {
        let fixture = try await Fixture()
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        horizon.acknowledge(try await fixture.newest(), found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        var next = TestLedger(fixture.client, seed: 2)
        try await next.open()
        try await keeper.look()
        #expect(horizon.loss == nil && horizon.newest == nil)
    }

    @Test func `after a flush the ledger is lost, whatever is opened without counting`() async throws {
        let fixture = try await Fixture(orders: 0)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        func opening(total: String) async throws {
            _ = try await fixture.client.send(
                RedisCommand(
                    "XADD", TestLedger.key, "*", "opened", "2026-11-21T09:00:00.000Z", "kind", "real", "total", total,
                    "tail", "00000000001"))
        }
        try await opening(total: "0")
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        let claim = LedgerClaim(mark: try await fixture.newest().mark, total: Satoshi(500))
        let acknowledged = LedgerMark(id: StreamID(milliseconds: 9_999_999_999_999, sequence: 0), tail: claim.mark.tail)
        horizon.acknowledge(LedgerClaim(mark: acknowledged, total: Satoshi(500)), found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        try await keeper.look()
        #expect(horizon.loss?.total == nil && horizon.loss != nil)
        _ = try await fixture.client.send(RedisCommand("DEL", "{orders}:missing"))
        try await opening(total: "499")
        try await keeper.look()
        #expect(horizon.loss?.total == Satoshi(499))
        let opener = LedgerOpener(
            ledger: fixture.client, readModel: fixture.client,
            witnesses: LedgerWitnesses(folder: fixture.folder, redis: nil, keys: TapeKeys()), keys: TapeKeys(),
            clock: fixture.clock)
        _ = try await fixture.client.send(RedisCommand("DEL", TestLedger.key))
        #expect(try await opener.open(.real, alreadySold: Satoshi(499)) == .tooLittle(Satoshi(500)))
        guard case .hadOne = try await opener.open(.real, alreadySold: nil) else { throw NotRaised() }
        guard case .opened = try await opener.open(.real, alreadySold: Satoshi(500)) else { throw NotRaised() }
        try await keeper.look()
        let marked = try await fixture.isMarked()
        #expect(!marked && horizon.loss == nil)
    }

    @Test func `what another api has placed since does not hide what this one has lost`() async throws {
        for restarts in [true, false] {
            var fixture = try await Fixture()
            let acknowledged = try await fixture.newest()
            var (horizon, keeper) = try fixture.keeper()
            try await keeper.look()
            horizon.acknowledge(acknowledged, found: nil, on: 1)
            _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
            // On the server that has taken over, by an api that has never heard of it, and folded.
            try await fixture.ledger.orders(1)
            let later = try await fixture.newest()
            _ = try await fixture.client.send(
                RedisCommand(
                    "HSET", "{read}:stats", "last", "\(later.mark.id)", "last_tail", "\(later.mark.tail)", "total",
                    later.total.digits))
            if restarts {
                (horizon, keeper) = try fixture.keeper()
            } else {
                // Whoever asks again is told of the later one.
                horizon.acknowledge(later, found: nil, on: 2)
            }
            try await keeper.look()
            #expect(horizon.loss?.claim == acknowledged)
            #expect(try await fixture.isMarked())
            let kept = WitnessFile.read(folder: fixture.folder, prefix: "").compactMap(\.record?.claim)
            #expect(kept == [acknowledged])
            try await keeper.look()
            #expect(horizon.loss?.claim == acknowledged)

            let raiser = LedgerRaiser(ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
            _ = try await raiser.raise(to: Satoshi(acknowledged.total.value + later.total.value))
            try await keeper.look()
            try await keeper.look()
            let (newest, marked) = (try await fixture.newest(), try await fixture.isMarked())
            #expect(horizon.loss == nil && horizon.newest == newest.mark && !marked)
        }
    }

    @Test func `a ledger that was opened in the place of another is not held against what its read model has folded`()
        async throws
    {
        let fixture = try await Fixture()
        let folded = try await fixture.newest()
        _ = try await fixture.client.send(
            RedisCommand(
                "HSET", "{read}:stats", "last", "\(folded.mark.id)", "last_tail", "\(folded.mark.tail)", "total",
                folded.total.digits))
        _ = try await fixture.client.send(RedisCommand("DEL", TestLedger.key))
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        // Without a ledger nobody knows whether that was counted.
        #expect(horizon.expected == folded.mark)
        for (total, isLost) in [(folded.total.value - 1, true), (folded.total.value, false)] {
            _ = try await fixture.client.send(RedisCommand("DEL", TestLedger.key))
            _ = try await fixture.client.send(
                RedisCommand(
                    "XADD", TestLedger.key, "*", "opened", "2026-11-21T09:00:00.000Z", "kind", "real", "total",
                    "\(total)", "tail", "00000000001"))
            let (restarted, again) = try fixture.keeper()
            for (horizon, keeper) in [(horizon, keeper), (restarted, again)] {
                try await keeper.look()
                try await keeper.look()
                #expect((horizon.loss != nil) == isLost, "\(total)")
            }
        }
        #expect(try await !fixture.isMarked())
    }

    @Test func `a loss is known while Redis takes no writes, and marked once it does`() async throws {
        let fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        horizon.acknowledge(acknowledged, found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        _ = try await fixture.client.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "1"))
        await #expect(throws: RedisError.self) { try await keeper.look() }
        #expect(horizon.loss?.claim == acknowledged && horizon.expected == acknowledged.mark)
        _ = try await fixture.client.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "0"))
        try await keeper.look()
        #expect(try await fixture.isMarked())
    }

    @Test func `a loss is found and marked while the read model cannot be read`() async throws {
        let fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        horizon.acknowledge(acknowledged, found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        _ = try await fixture.client.send(RedisCommand("SET", "{read}:stats", "x"))
        await #expect(throws: RedisError.self) { try await keeper.look() }
        let marked = try await fixture.isMarked()
        #expect(horizon.loss?.claim == acknowledged && marked)
        // Before it was read once, nothing is known.
        let (restarted, again) = try fixture.keeper()
        await #expect(throws: RedisError.self) { try await again.look() }
        #expect(!restarted.isKnown && restarted.loss?.claim == acknowledged)
    }

    @Test func `what another api has marked is remembered when the mark is gone too`() async throws {
        let fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        let (first, keeper) = try fixture.keeper()
        try await keeper.look()
        first.acknowledge(acknowledged, found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        try await keeper.look()
        let other = LedgerHorizon()
        let history = OrderHistory(
            readModel: fixture.client, ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        let second = HorizonKeeper(
            history: history, horizon: other, ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        try await second.look()
        _ = try await fixture.client.send(RedisCommand("DEL", "{orders}:missing"))
        try await second.look()
        #expect(other.loss?.claim == acknowledged)
        #expect(try await fixture.isMarked())
    }

    @Test func `a loss that was ordered again is counted by the total that there is`() async throws {
        var fixture = try await Fixture()
        let acknowledged = try await fixture.newest()
        let (horizon, keeper) = try fixture.keeper()
        try await keeper.look()
        horizon.acknowledge(acknowledged, found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, "\(acknowledged.mark.id)"))
        try await fixture.ledger.orders(1)
        try await keeper.look()
        let total = try await fixture.newest().total
        let raiser = LedgerRaiser(ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        guard case .raised = try await raiser.raise(to: total) else { throw NotRaised() }
        guard case .enough = try await raiser.raise(to: total) else { throw NotRaised() }
        try await keeper.look()
        #expect(horizon.loss == nil)
    }

    @Test func `nothing is written to a witness before all of them were read`() async throws {
        let folder = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let horizon = LedgerHorizon(witnesses: [try WitnessFile(folder: folder, prefix: "")])
        horizon.hold(Self.record(5))
        #expect(WitnessFile.read(folder: folder, prefix: "").isEmpty)
        horizon.settle([(Self.record(5), .found)], together: true)
        horizon.open()
        #expect(WitnessFile.read(folder: folder, prefix: "").map(\.record) == [Self.record(5)])
    }

    @Test func `what a witness held of others is looked for, too`() async throws {
        let redis = try await TestRedis()
        let (one, other) = (
            WitnessRedis(redis.client(), keys: TapeKeys()), WitnessRedis(redis.client(), keys: TapeKeys())
        )
        one.write(Self.record(5))
        try await eventually("it is kept") { try await one.read() == .record(Self.record(5)) }
        other.write(Self.record(6))
        try await eventually("it is kept") { try await one.read() == .record(Self.record(6)) }
        #expect(one.takeStrange() == [] && other.takeStrange() == [Self.record(5)] && other.takeStrange() == [])
        one.write(Self.record(4))
        try await eventually("what is newer is told") { one.takeStrange() == [Self.record(6)] }

        let folder = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try WitnessFile(folder: folder, prefix: "").write(Self.record(5))
        let file = try WitnessFile(folder: folder, prefix: "")
        file.write(Self.record(6))
        #expect(file.takeStrange() == [Self.record(5)] && file.takeStrange() == [])
    }

    @Test func `a ledger whose witness cannot be read is not opened at nothing`() async throws {
        let fixture = try await Fixture(orders: 0)
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
        try WitnessFile(folder: fixture.folder, prefix: "").write(Self.record(5))
        #expect(WitnessFile.read(folder: fixture.folder, prefix: "").map(\.record) == [nil, Self.record(5)])
        for command in [["SET", "{orders}:witness", "x"], ["RPUSH", "{orders}:witness", "x"]] {
            let other = try await TestRedis()
            _ = try await other.client().send(RedisCommand(command[0], arguments: Array(command.dropFirst())))
            guard case .hadOne(let trace) = try await opener(other.client()).open(.real, alreadySold: nil) else {
                throw NotRaised()
            }
            #expect(trace.contains("{orders}:witness in Redis 127.0.0.1:"))
        }
    }

    private static func record(
        _ number: UInt64, opened: UInt64 = 1, kind: LedgerOpening.Kind = .real
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
        try write(Self.record(7))
        try write(Self.record(3, opened: 9, kind: .sandbox))
        try write(Self.record(3, opened: 9))
        // Less of the same ledger, as a process knows it that began before the other's last order.
        try write(Self.record(6))
        #expect(
            kept() == [
                Self.record(7), Self.record(3, opened: 9, kind: .sandbox), Self.record(3, opened: 9), Self.record(6),
            ])
        // More of the same ledger, and another sandbox.
        try write(Self.record(8))
        try write(Self.record(1, opened: 10, kind: .sandbox))
        #expect(
            kept() == [
                Self.record(8), Self.record(1, opened: 10, kind: .sandbox), Self.record(3, opened: 9), Self.record(6),
            ])
    }

    @Test func `what a witness could not take is written again once it can be`() async throws {
        let fixture = try await Fixture()
        let other = try await TestRedis()
        let witness = WitnessRedis(other.client(), keys: TapeKeys())
        let horizon = LedgerHorizon(witnesses: [witness])
        let history = OrderHistory(
            readModel: fixture.client, ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        let keeper = HorizonKeeper(
            history: history, horizon: horizon, ledger: fixture.client, witness: witness, keys: TapeKeys(),
            clock: fixture.clock)
        try await keeper.look()
        _ = try await other.client().send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "1"))
        let newest = try await fixture.newest()
        horizon.acknowledge(newest, found: nil, on: nil)
        try await eventually("the failure is told") { witness.writeFailure != nil }
        _ = try await other.client().send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "0"))
        try await eventually("it is written again") {
            try await keeper.look()
            return try await witness.read() == horizon.record.map { .record($0) } && witness.writeFailure == nil
        }
    }

    @Test func `each process has a witness file of its own, and reads those that others have left`() throws {
        let folder = NSTemporaryDirectory() + "cointape-witness-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func record(_ number: UInt64) -> WitnessRecord {
            WitnessRecord(
                kind: .real, opened: StreamID(milliseconds: 1, sequence: 0),
                LedgerClaim(
                    mark: LedgerMark(id: StreamID(milliseconds: number, sequence: 2), tail: OrderTail(bits: number)),
                    total: Satoshi(UInt128(number))))
        }
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
        #expect(throws: WitnessFile.Failure.self) { try WitnessFile(folder: "/proc/witness", prefix: "") }
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
        func record(_ total: UInt64, opened: UInt64 = 1) -> WitnessRecord {
            WitnessRecord(
                kind: .real, opened: StreamID(milliseconds: opened, sequence: 0),
                LedgerClaim(
                    mark: LedgerMark(id: StreamID(milliseconds: total, sequence: 0), tail: OrderTail(bits: total)),
                    total: Satoshi(UInt128(total))))
        }
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
