import Foundation
import Orders
import Redis
import Synchronization
import TestSupport
import Testing

/// Orders through apis whose Redis is killed, or loses its power, in the middle of them.
@Suite(.serialized, .tags(.load)) struct LedgerFaultTests {
    private static let rounds = 20
    private static let clients = 12
    private static let durable = ["--appendonly", "yes", "--appendfsync", "always"]

    @Test(.timeLimit(.minutes(5))) func `no order that was acknowledged is lost when Redis is killed`() async throws {
        let redis = try await TestRedis(Self.durable)
        try await Self.orders(through: redis, seed: 21) { try await redis.kill() }
    }

    @Test(.timeLimit(.minutes(5))) func `no order that was acknowledged is lost when the power is cut`() async throws {
        let folder = try TestFolder()
        let power = try PowerCut(in: folder.path)
        let redis = try await TestRedis(Self.durable, environment: power.environment)
        try await Self.orders(through: redis, seed: 22) {
            try await redis.kill()
            try power.cut(redis)
        }
    }

    /// What the tests above rest on: without an fsync behind each write, the same cut takes what was acknowledged.
    @Test(.timeLimit(.minutes(5)), arguments: [("always", false), ("everysec", true)])
    func `a power cut takes writes that were acknowledged without an fsync, and no others`(
        appendfsync: String, loses: Bool
    ) async throws {
        let folder = try TestFolder()
        let power = try PowerCut(in: folder.path)
        let arguments = ["--appendonly", "yes", "--appendfsync", appendfsync]
        let redis = try await TestRedis(arguments, environment: power.environment)
        var random = SeededGenerator(seed: 23)
        var (acknowledged, lost) = (0, 0)
        for _ in 0..<4 {
            async let writes = Self.writes(to: redis)
            let (client, more) = (redis.client(), Int64.random(in: 200...1000, using: &random))
            let before = try await client.send(RedisCommand("XLEN", "written")).integer ?? 0
            try await eventually("entries are written") {
                try await client.send(RedisCommand("XLEN", "written")).integer ?? 0 >= before + more
            }
            try await redis.kill()
            try power.cut(redis)
            // Before there is a Redis again: who was about to write would go on with that one.
            let known = await writes
            try await redis.restart()
            let reply = try await redis.client().send(RedisCommand("XRANGE", "written", "-", "+"))
            let kept = Set((reply.array ?? []).compactMap { $0.array?[0].text })
            acknowledged += known.count
            lost += known.count { !kept.contains($0) }
        }
        print("appendfsync \(appendfsync): \(lost) of \(acknowledged) writes lost in 4 power cuts")
        #expect(acknowledged > 100)
        #expect((lost > 0) == loses, "\(lost) of \(acknowledged) were lost")
    }

    /// The ids of what was acknowledged, until Redis is no longer there.
    private static func writes(to redis: TestRedis) async -> [String] {
        await withTaskGroup(of: [String].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let client = redis.client()
                    var ids: [String] = []
                    while !Task.isCancelled,
                        let reply = try? await client.send(RedisCommand("XADD", "written", "*", "number", ids.count))
                    {
                        ids.append(reply.text ?? "")
                    }
                    return ids
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Until so many orders are acknowledged: the moment of a fault is drawn in orders, as machines differ in speed.
    private static func waits(_ load: OrderLoad, _ count: Int) async throws {
        try await eventually(every: .milliseconds(1), "orders are acknowledged: \(load.answers.retried)") {
            load.acknowledged >= count
        }
    }

    /// Clients order through two apis while `fault` ends Redis again and again; then the ledger is looked through.
    private static func orders(
        through redis: TestRedis, seed: UInt64, fault: @Sendable () async throws -> Void
    ) async throws {
        let shop = try await Shop(apis: 0, on: redis)
        let projector = try Cointape(["run", "config/ledger.json"], environment: ["REDIS_URL": redis.url])
        let ports = [try await shop.startAPI(), try await shop.startAPI()]
        let load = OrderLoad()
        var random = SeededGenerator(seed: seed)
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<clients {
                let port = ports[client % ports.count]
                group.addTask { try await load.run(client: client, port: port, keepsAlive: client % 4 < 2) }
            }
            for round in 0..<rounds {
                var before = load.acknowledged
                load.beginsRound()
                // However slow the machine is, there is a young rate.
                try? await shop.publishRates()
                try await eventually("orders are taken again: \(load.answers.retried)") { load.acknowledged > before }
                before = load.acknowledged
                let (more, few) = (Int.random(in: 1...80, using: &random), Int.random(in: 0...5, using: &random))
                try await Self.waits(load, before + more)
                // Now and then in the middle of a rewrite, which puts other files in the place of all.
                if round % 3 == 2 { _ = try await redis.client().send(RedisCommand("BGREWRITEAOF")) }
                try await Self.waits(load, before + more + few)
                try await fault()
                try await redis.restart()
            }
            let before = load.acknowledged
            try await eventually("orders are taken at the end") { load.acknowledged > before }
            load.ends()
            try await group.waitForAll()
        }
        let (answers, ledger) = (load.answers, try await shop.ledger())
        print(
            "\(rounds) rounds in \(ContinuousClock.now - began): \(answers.acknowledged.count) acknowledged,",
            "\(answers.refused.count) refused, \(ledger.count) in the ledger; retried: \(answers.retried)")
        let problems = answers.problems(in: ledger)
        #expect(problems.isEmpty, "\(problems.prefix(5))")
        // Every client knows in the end: there is nothing that nobody was told of.
        #expect(Set(answers.acknowledged.map(\.id)) == Set(ledger.map { "\($0.order.id)" }))
        #expect(ledger.count > rounds * clients)
        #expect(answers.retried.values.reduce(0, +) > rounds)
        // What is missing, or there twice, would have been seen.
        #expect(!answers.problems(in: ledger.dropLast()).isEmpty)
        #expect(!answers.problems(in: ledger + ledger.suffix(1)).isEmpty)

        var audit = ReadModelAudit()
        let last = try await TestLedger.entries(redis.client(), above: nil).last?.id
        try await eventually("the read model has all") {
            try await audit.check(shop.client, ledger: shop.client)
            return audit.last == last
        }
        #expect(audit.problems.isEmpty && audit.count == ledger.count, "\(audit.problems.prefix(5))")
        #expect(!projector.text.contains("ledger.lost"), "\(projector.text)")
    }
}
