import Basics
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// The audit of a ledger in use: what comes in meanwhile is not taken for damage, and costs no look at every key.
@Suite struct LedgerWalkTests {
    private struct Place {
        let redis: TestRedis
        let client: RedisClient
        let clock = TapeClock()
        let keys = TapeKeys()
        /// Whether each order has the rates of a minute of its own, which are published a moment before.
        let hasManyRates: Bool

        init(orders: Int, hasManyRates: Bool = false) async throws {
            self.hasManyRates = hasManyRates
            redis = try await TestRedis()
            client = redis.client()
            let opener = LedgerOpener(
                ledger: client, readModel: client, witnesses: LedgerWitnesses(folder: nil, redis: nil, keys: keys),
                keys: keys, clock: clock)
            _ = try await opener.open(.sandbox, alreadySold: nil)
            let placer = try await placer()
            for number in 0..<orders { try await place(number, placer) }
        }

        private struct NotPlaced: Error { let placement: OrderPlacer.Placement }

        var walk: LedgerWalk {
            LedgerWalk(
                ledger: redis.client(), readModel: redis.client(),
                rates: StreamReader(key: "btc_rate", redis: redis.client(), clock: clock), keys: keys, clock: clock)
        }

        private func placer() async throws -> OrderPlacer {
            let expectedEntries = ExpectedEntries()
            let history = OrderHistory(readModel: client, ledger: client, keys: keys, clock: clock)
            try await LossDetector(
                history: history, expectedEntries: expectedEntries, ledger: client, keys: keys, clock: clock
            ).check()
            return OrderPlacer(
                redis: client, keys: keys, confirmation: nil, maxRateAge: .seconds(3_600_000),
                expectedEntries: expectedEntries,
                clock: clock)
        }

        private func place(_ number: Int, _ placer: OrderPlacer) async throws {
            let now = Minute(containing: clock.now)
            let minute = hasManyRates ? now.advanced(byMinutes: number - 50_000) : now
            if hasManyRates {
                _ = try await client.send(
                    RedisCommand(
                        "XADD", "btc_rate", "\(StreamID(minute))", "source", "sandbox", "rows", #"[{"USD":"90000"}]"#))
            }
            let request = OrderRequest(
                currency: .usd, amount: try #require(Amount("0.01".utf8)),
                key: try #require(IdempotenceKey("key-\(number)")))
            let rates = BTCRates(minute: minute, kind: .sandbox, rates: [.usd: try #require(Rate("90000"))])
            let placement = try await placer.place(request, rates: rates)
            guard case .order(_, isReplay: false) = placement else { throw NotPlaced(placement: placement) }
        }

        /// Audits so many times, while orders are placed one behind the other; the first has the number `number`.
        func audits(_ count: Int, besideOrdersFrom number: Int) async throws -> [LedgerAudit] {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let placer = try await placer()
                group.addTask {
                    var next = number
                    while !Task.isCancelled {
                        try await place(next, placer)
                        next += 1
                    }
                }
                var audits: [LedgerAudit] = []
                for _ in 0..<count { audits.append(try await walk.run()) }
                group.cancelAll()
                try await group.waitForAll()
                return audits
            }
        }

        func tableScans() async throws -> Bool {
            try await client.send(RedisCommand("INFO", "commandstats")).text?.contains("cmdstat_hscan:") == true
        }
    }

    @Test(.timeLimit(.minutes(5))) func `orders that are placed meanwhile have no table scanned`() async throws {
        let place = try await Place(orders: 200)
        let audits = try await place.audits(10, besideOrdersFrom: 200)
        #expect(try #require(audits.last).orders > 200)
        #expect(!audits.contains { $0.findings.lines.contains { $0.contains("seen keys") } })
        #expect(try await !place.tableScans())
    }

    @Test(.timeLimit(.minutes(5))) func `a key that no order has is found, also beside orders that are placed`()
        async throws
    {
        let place = try await Place(orders: 200)
        let entry = try #require(try await TestLedger.entries(place.client, above: nil).last)
        for name in ["one", "two"] {
            _ = try await place.client.send(RedisCommand("HSET", TestLedger.seen, "USD 1 \(name)", entry.id))
        }
        for audit in try await place.audits(10, besideOrdersFrom: 200) {
            let found = audit.findings.lines.filter { $0.contains("is where the table of seen keys has \"USD 1 ") }
            #expect(found.count == 2, "\(audit.findings.lines)")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `rates that are published meanwhile are compared, too`() async throws {
        let place = try await Place(orders: 200, hasManyRates: true)
        for audit in try await place.audits(10, besideOrdersFrom: 200) {
            #expect(audit.notes.lines == [])
        }
    }
}
