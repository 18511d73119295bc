import Orders
import Redis
import Tape
import TestSupport
import Testing

/// The checks of the projector's test find what they are for.
@Suite(.tags(.load)) struct OrderCheckTests {
    private func ledger() async throws -> (redis: TestRedis, client: RedisClient, entries: [RawEntry]) {
        let redis = try await TestRedis()
        let client = redis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        for currency in ["EUR", "GBP", "EUR", "USD", "EUR", "GBP"] { try await ledger.order(currency) }
        let fold = LedgerFold(
            readModel: client, ledger: client, keys: TapeKeys(), confirmation: nil, clock: TapeClock())
        _ = try await fold.step(atMost: 100)
        return (redis, client, try await ledger.entries())
    }

    @Test func `the audit takes an exact prefix, and nothing else`() async throws {
        let (redis, client, entries) = try await ledger()
        defer { withExtendedLifetime(redis) {} }
        let good = try await ReadModelSnapshot(client)
        func problems(_ change: (inout ReadModelSnapshot) -> Void) -> [String] {
            var (model, audit) = (good, ReadModelAudit())
            change(&model)
            audit.check(model, against: entries)
            return audit.problems
        }
        #expect(problems { _ in } == [])
        // A hole, with and without the lengths that go with it; a duplicate; another order.
        #expect(problems { $0.rows["all"]?.remove(at: 2) } != [])
        #expect(problems { $0.lengths["all"] = 5 } != [])
        #expect(problems { $0.rows["EUR"]?.remove(at: 0) } != [])
        #expect(problems { $0.rows["GBP"]?.insert(entries[2], at: 0) } != [])
        #expect(problems { $0.rows["GBP"] = ($0.rows["GBP"] ?? []) + ($0.rows["GBP"] ?? []) } != [])
        #expect(problems { $0.rows["USD"] = $0.rows["GBP"] } != [])
        #expect(problems { $0.rows["all"]?.swapAt(1, 2) } != [])
        let changed = RawEntry(
            id: entries[1].id, fields: good.rows["all"]?[0].fields.map { $0 == "EUR" ? "USD" : $0 } ?? [])
        #expect(problems { $0.rows["all"]?[0] = changed } != [])
        // A wrong sum, a sum too few, a prefix that it is not.
        #expect(problems { $0.statistics["EUR:units"] = "1" } != [])
        #expect(problems { $0.statistics["GBP:satoshi"]? += "0" } != [])
        #expect(problems { $0.statistics["USD:count"] = nil } != [])
        #expect(problems { $0.statistics["total"] = "0" } != [])
        #expect(problems { $0.statistics["last"] = entries[3].id } != [])
        #expect(problems { $0.statistics["last"] = "1-1" } != [])
        #expect(problems { $0.statistics = [:] } != [])
    }

    @Test func `an audit goes on from where it was, and a read model does not go back`() async throws {
        let (redis, client, entries) = try await ledger()
        defer { withExtendedLifetime(redis) {} }
        var audit = ReadModelAudit()
        try await audit.check(client, ledger: client)
        var more = TestLedger(client, seed: 3)
        try await more.order(changes: ["total": "1"])
        try await audit.check(client, ledger: client)
        #expect(audit.problems == [] && audit.count == 6)
        // What is added and not counted is seen, wherever it is.
        _ = try await client.send(RedisCommand("XADD", "{read}:GBP", "*", "a", "b"))
        try await audit.check(client, ledger: client)
        #expect(!audit.problems.isEmpty)
        var back = ReadModelAudit()
        var model = try await ReadModelSnapshot(client)
        back.check(model, against: entries)
        let count = back.problems.count
        model.statistics["last"] = entries[2].id
        back.check(model, against: entries)
        #expect(back.problems.count > count)
    }

    @Test func `a walk with a hole, a duplicate, a wrong field or an old beginning is found out`() async throws {
        let (redis, _, entries) = try await ledger()
        defer { withExtendedLifetime(redis) {} }
        let history = OrderHistory(
            readModel: redis.client(), ledger: redis.client(), keys: TapeKeys(), clock: TapeClock())
        let orders = try await history.page(before: nil, currency: nil, size: 100).orders
        let known = entries.last?.id
        func problems(_ orders: [BuyOrder], _ currency: Currency? = nil) -> [String] {
            OrderWalk(currency: currency, known: known, orders: orders).problems(entries)
        }
        #expect(orders.count == 6 && problems(orders) == [])
        #expect(problems(Array(orders[..<2] + orders[3...])) != [])
        #expect(problems(orders.dropLast()) != [])
        #expect(problems(Array(orders[...2] + orders[2...])) != [])
        #expect(problems(Array(orders.dropFirst())) != [])
        #expect(problems([]) != [])
        #expect(problems(orders, .eur) != [])
        let gbp = orders.filter { $0.currency == .gbp }
        #expect(problems(gbp, .gbp) == [])
        let first = orders[0]
        let changed = BuyOrder(
            id: first.id, createdAt: first.createdAt, currency: first.currency, amount: orders[1].amount,
            rate: first.rate, rateMinute: first.rateMinute, satoshi: first.satoshi)
        #expect(problems([changed] + orders.dropFirst()) != [])
    }
}
