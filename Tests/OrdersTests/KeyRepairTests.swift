import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

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

    /// Digits that are beyond 64 bits, and an id that Redis does not write so.
    @Test(arguments: ["99999999999999999999999-1", "0", "", "-", "1-99999999999999999999999"])
    func `a key that leads to no id is as one that is lost, and is repaired`(value: String) async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        try await ledger.orders(3)
        let repair = KeyRepair(ledger: client, keys: TapeKeys(), clock: TapeClock())
        #expect(try await repair.run().restored == 3)
        let newest = try #require(try await ledger.entries().last)
        let identity = try ["currency", "amount", "key"].map { try #require(newest[$0]) }.joined(separator: " ")
        let good = try await client.send(RedisCommand("HGET", "{orders}:seen", identity))
        _ = try await client.send(RedisCommand("HSET", "{orders}:seen", identity, value))
        #expect(try await repair.run().restored == 1)
        #expect(try await client.send(RedisCommand("HGET", "{orders}:seen", identity)) == good)
    }

    /// An earlier build could place an order twice when the table was removed; its ledger must work on.
    @Test(arguments: [true, false]) func `a ledger with orders under one key takes orders once its table is whole`(
        secondIsNewest: Bool
    ) async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        try await ledger.orders(3)
        let first = try #require(try await ledger.entries().dropFirst().first)
        try await ledger.order(first["currency"], amount: first["amount"], changes: ["key": first["key"]])
        if !secondIsNewest { try await ledger.orders(1) }
        _ = try await KeyRepair(ledger: client, keys: TapeKeys(), clock: TapeClock()).run()

        let (expectedEntries, keyAudit) = (
            ExpectedEntries(), KeyAudit(ledger: client, keys: TapeKeys(), clock: TapeClock())
        )
        let detector = LossDetector(
            history: OrderHistory(readModel: client, ledger: client, keys: TapeKeys(), clock: TapeClock()),
            expectedEntries: expectedEntries, ledger: client, keys: TapeKeys(), clock: TapeClock())
        try await detector.check()
        #expect(expectedEntries.entriesWithoutKey == 2)
        #expect(try await keyAudit.shortfall() == nil)
        let placer = OrderPlacer(
            redis: client, keys: TapeKeys(), confirmation: nil, maxRateAge: .seconds(180),
            expectedEntries: expectedEntries,
            clock: TapeClock())
        let request = OrderRequest(
            currency: .usd, amount: try #require(Amount("1".utf8)), key: try #require(IdempotenceKey("new")))
        let rates = BTCRates(
            minute: Minute(containing: TapeClock().now), kind: .sandbox, rates: [.usd: try #require(Rate("100"))])
        guard case .order(_, isReplay: false) = try await placer.place(request, rates: rates) else {
            Issue.record("no order is taken")
            return
        }
        // An api that looked while the table was gone goes on once it is whole.
        let witness = KeyAudit(ledger: client, keys: TapeKeys(), clock: TapeClock())
        _ = try await client.send(RedisCommand("RENAME", "{orders}:seen", "aside"))
        #expect(try await witness.shortfall() != nil)
        _ = try await client.send(RedisCommand("RENAME", "aside", "{orders}:seen"))
        #expect(try await witness.shortfall() == nil)
        // A key that is gone is noticed all the same.
        _ = try await client.send(RedisCommand("HDEL", "{orders}:seen", "USD 1 new"))
        #expect(try await keyAudit.shortfall()?.contains("keys for") == true)
    }
}
