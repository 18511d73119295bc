import Basics
import Config
import Orders
import Redis
import ServiceLifecycleTestKit
import Tape
import TestSupport
import Testing

@testable import Projecting

/// The project worker, with the ledger on one Redis and the read model on another.
@Suite struct ProjectWorkerTests {
    private struct Setting {
        let ledgerRedis: TestRedis
        let readRedis: TestRedis
        let said = Said()
        let clock = TapeClock()
        /// The one by which the ledger is written.
        let client: RedisClient

        init() async throws {
            ledgerRedis = try await TestRedis()
            readRedis = try await TestRedis()
            client = ledgerRedis.client()
        }

        func worker() throws -> ProjectWorker {
            let text = """
                {"worker": "project", "name": "ledger", "redis": {"url": "redis://127.0.0.1:1"},
                 "orders": {"redis": {"url": "\(ledgerRedis.url)"}}, "read_redis": {"url": "\(readRedis.url)"}}
                """
            let context = ConfigContext(file: "test.json", environment: [:])
            let reader = try #require(context.reader(of: Array(text.utf8)))
            let config = try #require(ProjectConfig(reading: reader), "\(context.issues)")
            return ProjectWorker(
                config, ledger: ledgerRedis.client(config.orders.ledger),
                readModel: readRedis.client(config.orders.readModel), clock: clock, logger: said.logger)
        }

        /// Runs workers beside the body, and then lets them finish.
        func running(_ count: Int = 1, _ body: () async throws -> Void) async throws {
            let workers = try (0..<count).map { _ in try worker() }
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in workers { group.addTask { try await worker.run() } }
                    do {
                        try await body()
                    } catch {
                        group.cancelAll()
                        throw error
                    }
                    trigger.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
        }

        /// Waits until the model has all of the ledger, rightly.
        func isFolded(_ orders: Int) async throws {
            let model = readRedis.client()
            try await eventually("\(orders) orders are folded; said: \(said.told)") {
                try await model.send(RedisCommand("XLEN", "{read}:all")).integer == Int64(orders)
            }
            var audit = ReadModelAudit()
            try await audit.check(model, ledger: client)
            #expect(audit.problems == [] && audit.count == orders)
        }

        /// Waits until the worker has begun so many more steps, each by reading what was folded.
        func looksAgain(_ times: Int) async throws {
            let before = try await readRedis.calls(of: "hgetall")
            try await eventually("the worker looks again") {
                try await readRedis.calls(of: "hgetall") >= before + times
            }
        }

        func says(_ events: [String]) async throws {
            try await eventually("says \(events), not \(said.told)") { said.told == events }
        }
    }

    @Test func `folds what there is and what comes, and ends with its wait`() async throws {
        let setting = try await Setting()
        var ledger = TestLedger(setting.client)
        try await setting.running {
            // There is not even a ledger yet.
            try await eventually("the worker waits for one") { try await setting.ledgerRedis.blockedClients() == 1 }
            try await ledger.open()
            try await ledger.orders(30)
            try await setting.isFolded(30)
            let began = ContinuousClock.now
            try await ledger.order()
            try await setting.isFolded(31)
            // It was waiting at the ledger, and did not look now and then.
            #expect(ContinuousClock.now - began < .seconds(4))
        }
        #expect(setting.said.told == [])
        #expect(setting.said.all.contains { $0.event == "orders.folded" })
    }

    @Test func `several fold a long ledger together`() async throws {
        let setting = try await Setting()
        var ledger = TestLedger(setting.client)
        try await ledger.open()
        try await ledger.manyOrders(3_000)
        try await setting.running(3) { try await setting.isFolded(3_000) }
        #expect(setting.said.told == [])
        // At least six batches were needed, whoever folded them.
        #expect(setting.said.all.count { $0.event == "orders.folded" } >= 7)
    }

    @Test func `an entry that is damaged is told once, looked at again, and folded when it is mended`() async throws {
        let setting = try await Setting()
        var ledger = TestLedger(setting.client)
        try await ledger.open()
        try await ledger.orders(4)
        try await ledger.order(id: "99999999999999-1", changes: ["amount": "a lot"])
        try await setting.running {
            try await setting.isFolded(4)
            try await setting.says(["ledger.damaged"])
            try await setting.looksAgain(3)
            #expect(setting.said.told == ["ledger.damaged"])
            let entry = try #require(try await TestLedger.entries(setting.client, above: nil).last)
            _ = try await setting.client.send(RedisCommand("XDEL", TestLedger.key, entry.id))
            let fields = entry.fields.map { $0 == "a lot" ? "1.5" : $0 }
            let arguments = ([TestLedger.key, "99999999999999-2"] + fields).map { $0 as any RedisArgument }
            _ = try await setting.client.send(RedisCommand("XADD", arguments: arguments))
            try await setting.isFolded(5)
            try await setting.says(["ledger.damaged", "fold.resumed"])
        }
    }

    @Test func `a ledger that is lost is told once, and the read model is kept`() async throws {
        let setting = try await Setting()
        var ledger = TestLedger(setting.client)
        try await ledger.open()
        try await ledger.orders(4)
        let model = setting.readRedis.client()
        try await setting.running {
            try await setting.isFolded(4)
            let entries = try await TestLedger.entries(setting.client, above: nil)
            _ = try await setting.client.send(RedisCommand("RENAME", TestLedger.key, "aside"))
            try await setting.says(["ledger.lost"])
            #expect(try await model.send(RedisCommand("XLEN", "{read}:all")) == .integer(4))
            // A new one in its place is as bad.
            var other = TestLedger(setting.client, seed: 5)
            try await other.open()
            try await other.orders(6)
            try await setting.looksAgain(3)
            #expect(setting.said.told == ["ledger.lost"])
            #expect(try await model.send(RedisCommand("XLEN", "{read}:all")) == .integer(4))
            _ = try await setting.client.send(RedisCommand("RENAME", "aside", TestLedger.key))
            try await setting.says(["ledger.lost", "fold.resumed"])
            #expect(try await TestLedger.entries(setting.client, above: nil) == entries)
        }
    }

    @Test func `a read model that was tampered with is told, and folded on when it is rebuilt`() async throws {
        let setting = try await Setting()
        var ledger = TestLedger(setting.client)
        try await ledger.open()
        try await ledger.orders(4)
        let model = setting.readRedis.client()
        let rebuild = ReadModelRebuild(
            readModel: model, ledger: setting.ledgerRedis.client(), keys: TapeKeys(), clock: setting.clock)
        try await setting.running {
            try await setting.isFolded(4)
            _ = try await model.send(RedisCommand("XADD", "{read}:EUR", "*", "rub", "bish"))
            try await ledger.order()
            try await setting.says(["read_model.damaged"])
            #expect(try await rebuild.run().last != nil)
            try await setting.says(["read_model.damaged", "fold.resumed"])
            try await ledger.order()
            try await setting.isFolded(6)
        }
    }

    @Test func `goes on when either Redis comes back, without losing or doubling anything`() async throws {
        let setting = try await Setting()
        var ledger = TestLedger(setting.client)
        try await ledger.open()
        try await ledger.orders(10)
        try await setting.running {
            try await setting.isFolded(10)
            for client in [setting.readRedis.client(), setting.client] {
                // The worker's connections are cut, in the middle of whatever it does.
                for _ in 0..<20 {
                    _ = try await client.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
                    try await ledger.orders(5)
                }
            }
            let count = try await TestLedger.entries(setting.client, above: nil).count - 1
            try await setting.isFolded(count)
        }
    }
}
