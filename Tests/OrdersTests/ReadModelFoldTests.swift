import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// fold, on a real Redis.
@Suite struct ReadModelFoldTests {
    private func fixture(orders: Int) async throws -> ReadModelFixture {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        try await fixture.ledger.orders(orders)
        return fixture
    }

    @Test func `the read model is the ledger's prefix after every step, and equals it in the end`() async throws {
        var fixture = try await ReadModelFixture()
        let fold = fixture.fold()
        #expect(try await fold.step(atMost: 10) == .caughtUp(ReadModelStatistics()))
        try await fixture.ledger.open()
        try await fixture.ledger.orders(700)
        var audit = ReadModelAudit()
        for count in [1, 1, 2, 17, 100, 500, 500] {
            _ = try await fold.step(atMost: count)
            try await audit.check(fixture.client, ledger: fixture.client)
            #expect(audit.problems == [])
        }
        #expect(audit.count == 700)
        let statistics = try await fixture.history.statistics()
        #expect(try await fold.step(atMost: 10) == .caughtUp(statistics))
        // Sums are beyond what a double, and 64 bits, can hold.
        #expect(statistics.total.value > 1 << 64 || statistics[.eur].units > 1 << 62)
        let text = try await fixture.send("HGET", "{read}:stats", "EUR:units").text
        #expect(text == "\(statistics[.eur].units)")
    }

    @Test(.timeLimit(.minutes(5)))
    func `racing folds of any batch, while orders come, leave nothing out and double nothing`() async throws {
        var fixture = try await fixture(orders: 200)
        let folds = (0..<8).map { _ in fixture.fold() }
        let client = fixture.redis.client()
        let stepped = try await withThrowingTaskGroup(of: Int.self) { group in
            for (index, fold) in folds.enumerated() {
                group.addTask {
                    var counts = 0
                    while !Task.isCancelled {
                        if case .folded(let batch) = try await fold.step(atMost: 1 + index * 7) {
                            counts += batch.count
                        }
                    }
                    return counts
                }
            }
            group.addTask {
                var audit = ReadModelAudit()
                while !Task.isCancelled {
                    try await audit.check(client, ledger: client)
                    #expect(audit.problems == [])
                }
                return 0
            }
            try await fixture.ledger.orders(800)
            try await eventually("all is folded") {
                try await client.send(RedisCommand("XLEN", "{read}:all")).integer == 1000
            }
            group.cancelAll()
            return try await group.reduce(0, +)
        }
        // Each entry, the opening too, was taken in by one of them.
        #expect(stepped == 1001)
        #expect(try await fixture.problems() == [])
    }

    private static let damages: [[String: String?]] = [
        ["amount": nil], ["tail": nil], ["total": nil], ["key": nil], ["amount": "1.50"], ["amount": "-1"],
        ["amount": "1e3"], ["currency": "CHF"], ["satoshi": "0x10"], ["total": "1"], ["tail": "xyz"],
        ["created_at": "yesterday"], ["rate": "0"], ["rate_minute": "2026-11-21"],
    ]

    @Test(arguments: damages)
    func `an entry that is no order stops the fold at it and is never skipped`(changes: [String: String?]) async throws
    {
        var fixture = try await fixture(orders: 3)
        let id = try #require(StreamID(try await fixture.ledger.order(changes: changes)))
        try await fixture.ledger.orders(2)
        guard case .ledgerDamaged(let damage) = try await fixture.foldAll() else {
            Issue.record("the fold was not stopped")
            return
        }
        #expect(damage.id == id)
        #expect(try await fixture.problems() == [])
        #expect(try await fixture.send("XLEN", "{read}:all").integer == 3)
    }

    @Test func `a ledger has one opening, which is its first entry`() async throws {
        var fixture = try await ReadModelFixture()
        let first = try await fixture.ledger.order()
        let stop = try await fixture.foldAll()
        #expect(
            stop
                == .ledgerDamaged(
                    DamagedEntry(try #require(StreamID(first)), "is the first, and not the ledger's opening")))
        #expect(try await fixture.dump() == [:])
        try await fixture.send("DEL", TestLedger.key)
        fixture.ledger = TestLedger(fixture.client)
        try await fixture.ledger.open()
        try await fixture.ledger.order()
        let second = try await fixture.ledger.open()
        let other = try await fixture.foldAll()
        #expect(
            other == .ledgerDamaged(DamagedEntry(try #require(StreamID(second)), "opens a ledger that had been opened"))
        )
    }

    @Test func `a ledger that is gone, set back or another stops the fold and leaves the read model`() async throws {
        let fixture = try await fixture(orders: 20)
        let entries = try await fixture.ledger.entries()
        #expect(try await fixture.foldAll() == nil)
        let last = try #require(try await fixture.history.last())
        let model = try await fixture.dump()
        func restore(_ entries: some Sequence<RawEntry>) async throws {
            try await fixture.send("DEL", TestLedger.key)
            for entry in entries {
                let arguments: [any RedisArgument] =
                    [TestLedger.key, entry.id] + entry.fields.map { $0 as any RedisArgument }
                _ = try await fixture.client.send(RedisCommand("XADD", arguments: arguments))
            }
        }
        try await restore([])
        #expect(try await fixture.foldAll() == .ledgerLost(last))
        try await restore(entries.prefix(10))
        #expect(try await fixture.foldAll() == .ledgerLost(last))
        // Set back, and gone on since.
        var other = TestLedger(fixture.client, seed: 9)
        try await other.orders(15)
        #expect(try await fixture.foldAll() == .ledgerLost(last))
        // The same id, another order.
        try await restore(entries.prefix(20))
        try await other.order(id: "\(last.id)")
        #expect(try await fixture.foldAll() == .ledgerLost(last))
        #expect(try await fixture.dump() == model)
        // Back from a copy.
        try await restore(entries)
        #expect(try await fixture.foldAll() == nil)
        #expect(try await fixture.dump() == model)
    }

    /// What somebody may do to a read model, as redis-cli would say it.
    private static let rubbish = [
        "XADD {read}:EUR * rub bish", "XADD {read}:all * rub bish", "XADD {read}:USD 1-1 rub bish",
        "XADD {read}:EUR 99999999999999-1 rub bish", "XTRIM {read}:all MAXLEN 10", "XTRIM {read}:GBP MAXLEN 1",
        "DEL {read}:EUR", "DEL {read}:all", "DEL {read}:stats", "SET {read}:GBP x", "SET {read}:stats x",
        "HDEL {read}:stats EUR:count", "HDEL {read}:stats last_tail", "HSET {read}:stats GBP:count 1",
        "HSET {read}:stats last 5", "XSETID {read}:USD 99999999999999-1",
    ]

    @Test(arguments: rubbish)
    func `a read model that somebody else wrote to is left as it is until it is rebuilt`(line: String) async throws {
        var fixture = try await fixture(orders: 60)
        // An USD stream that has no entry before it may be added to at any id.
        #expect(try await fixture.foldAll() == nil)
        if line.hasPrefix("XADD {read}:USD") { try await fixture.send("DEL", "{read}:USD") }
        let words = line.split(separator: " ").map { String($0) as any RedisArgument }
        _ = try await fixture.client.send(
            RedisCommand(line.split(separator: " ").map(String.init)[0], arguments: words.dropFirst()))
        try await fixture.ledger.orders(3)
        let before = try await fixture.dump()
        guard case .readModelDamaged = try await fixture.foldAll() else {
            Issue.record("the fold went on")
            return
        }
        #expect(try await fixture.dump() == before)
        _ = try await fixture.rebuild.run()
        #expect(try await fixture.problems() == [])
        try await fixture.ledger.orders(3)
        #expect(try await fixture.foldAll() == nil)
        #expect(try await fixture.problems() == [])
    }

    @Test func `what replicas do not have is not folded, and is as soon as they have it`() async throws {
        var fixture = try await fixture(orders: 5)
        let confirmation = LedgerConfirmation(
            ledger: fixture.client, keys: TapeKeys(),
            acknowledgement: Acknowledgement(replicas: 1, fsync: false, timeout: .milliseconds(100)))
        let fold = LedgerFold(
            readModel: fixture.client, ledger: fixture.client, keys: TapeKeys(), confirmation: confirmation,
            clock: TapeClock())
        #expect(try await fold.step(atMost: 100) == .stopped(.unconfirmed("0 of 1 replicas have it")))
        #expect(try await fixture.client.send(RedisCommand("EXISTS", "{read}:stats")) == .integer(0))
        let replica = try await TestRedis(["--replicaof", "127.0.0.1", "\(fixture.redis.port)"])
        try await eventually("the orders are folded") {
            if case .folded = try await fold.step(atMost: 100) { true } else { false }
        }
        let follower = replica.client()
        #expect(try await follower.send(RedisCommand("XLEN", TestLedger.key)) == .integer(6))
        try await fixture.ledger.orders(1)
        // An entry that this server no longer has is confirmed by no one.
        let newest = try #require(try await fixture.ledger.entries().last)
        _ = try await fixture.client.send(RedisCommand("XDEL", TestLedger.key, newest.id))
        let mark = LedgerMark(
            id: try #require(StreamID(newest.id)), tail: try #require(newest["tail"].flatMap { OrderTail($0) }))
        #expect(try await confirmation?.shortfall(of: mark) == "the ledger does not have it any more")
    }

    @Test(arguments: RedisKind.all, ["hset", "xadd"])
    func `a user who may not run one of its writes folds nothing, on every server`(
        kind: RedisKind, command: String
    ) async throws {
        let redis = try await TestRedis(kind: kind)
        let client = redis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        try await ledger.orders(5)
        _ = try await client.send(
            RedisCommand("ACL", "SETUSER", "half", "on", ">half-secret", "~*", "+@all", "-\(command)"))
        let half = redis.client(
            RedisEndpoint(address: redis.endpoint.address, user: "half", password: "half-secret"))
        func fold(_ readModel: RedisClient) -> LedgerFold {
            LedgerFold(readModel: readModel, ledger: client, keys: TapeKeys(), confirmation: nil, clock: TapeClock())
        }
        for orders in [0, 3] {
            try await ledger.orders(orders)
            let before = try await client.send(RedisCommand("HGETALL", "{read}:stats"))
            await #expect(throws: RedisError.self) { _ = try await fold(half).step(atMost: 100) }
            #expect(try await client.send(RedisCommand("HGETALL", "{read}:stats")) == before)
            guard case .folded = try await fold(client).step(atMost: 100) else {
                Issue.record("the read model was damaged")
                return
            }
        }
    }

    @Test func `project.lua takes no arguments that it cannot keep, and then has changed nothing`() async throws {
        let fixture = try await fixture(orders: 0)
        let script = LedgerFold.script
        let keys = ReadModelKeys(TapeKeys()).all(LedgerTerms.standard.currencies)
        let row = ["currency", "EUR"] + (0..<12).map { "\($0)" }
        func answer(_ arguments: [String]) async throws -> String? {
            let reply = try await fixture.client.evaluate(
                script, keys: keys, arguments: arguments.map { $0 as any RedisArgument })
            return reply.array?.first?.text
        }
        let list = LedgerTerms.text(of: LedgerTerms.standard.currencies)
        for arguments in [
            ["nan", "", list, "1", "last", "1-1"], ["", "", list, "nan", "last", "1-1"], ["", "", list, "0"],
            ["", "", list, "2", "last", "1-1"],
            ["", "", list, "1", "last", "1-1", "1-1"], ["", "", list, "1", "last", "1-1", "x"] + row,
            ["", "", list, "1", "last", "1-1", "0-0"] + row, ["2-1", "", list, "1", "last", "1-1", "2-1"] + row,
            ["", "", list, "1", "last", "1-1", "2-1"] + row + ["1-9"] + row,
            ["", "", list, "1", "last", "1-1", "1-1", "currency", "CHF"] + row.dropFirst(2),
            ["", "", "EUR,GBP", "1", "last", "1-1"], ["", "", "EUR,GBP,EUR", "1", "last", "1-1"],
            ["", "", list + ",CHF", "1", "last", "1-1"], ["", "", "eur,GBP,USD", "1", "last", "1-1"],
            ["", "", "", "1", "last", "1-1"], ["", "", list + ",", "1", "last", "1-1"],
        ] {
            #expect(try await answer(arguments) == "bad-argument", "\(arguments)")
        }
        #expect(try await answer(["1-1", "", list, "1", "last", "2-1"]) == "moved")
        #expect(try await fixture.dump() == [:])
        #expect(try await answer(["", "", list, "1", "last", "1-1", "1-1"] + row) == "ok")
    }
}
