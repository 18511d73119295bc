import Orders
import Redis
import Tape
import TestSupport
import Testing

/// Making the table of seen keys whole again.
@Suite struct KeyRepairTests {
    @Test func `puts back every key that is gone or leads astray, and tells orders that were placed twice`()
        async throws
    {
        let redis = try await TestRedis()
        let client = redis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        try await ledger.manyOrders(1_200)
        let entries = try await ledger.entries().dropFirst()
        let orders = entries.map { ("\($0["currency"] ?? "") \($0["amount"] ?? "") \($0["key"] ?? "")", $0.id) }
        let repair = KeyRepair(ledger: client, keys: TapeKeys(), clock: TapeClock())
        #expect(try await repair.run().restored == 1_200)

        // The first order's key again, and a second order under the same one.
        let first = try #require(orders.first)
        let doubled = try await ledger.order(
            entries.first?["currency"], amount: entries.first?["amount"],
            changes: ["key": entries.first?["key"]])
        _ = try await client.send(RedisCommand("HDEL", "{orders}:seen", orders[5].0))
        _ = try await client.send(RedisCommand("HSET", "{orders}:seen", orders[6].0, "5-0"))
        _ = try await client.send(RedisCommand("HSET", "{orders}:seen", orders[7].0, orders[8].1))
        _ = try await client.send(RedisCommand("HSET", "{orders}:seen", orders[9].0, "rubbish"))
        let report = try await repair.run()
        #expect(report.orders == 1_201 && report.restored == 4)
        #expect(report.doubled.count == 1 && report.doubled.lines[0].contains(doubled))
        for (identity, id) in orders {
            #expect(try await client.send(RedisCommand("HGET", "{orders}:seen", identity)).text == id)
        }
        #expect(try await client.send(RedisCommand("HGET", "{orders}:seen", first.0)).text == first.1)
        let again = try await repair.run()
        #expect(again.restored == 0)
    }
}
