import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// What the build has stored that knew neither the terms of ledgers nor the field `kind` of feeds.
///
/// Its keys after three orders and a raise, word for word. This build reads them as they were meant, and goes on with them.
@Suite struct StoredSamplesTests {
    private static let commands: [[String]] = [
        [
            "XADD", "{orders}:ledger", "1795873032243-0", "opened", "2026-11-28T13:37:12.243Z", "kind", "sandbox",
            "total", "0", "tail", "28c843f3e0a",
        ],
        [
            "XADD", "{orders}:ledger", "1795873056625-0", "currency", "USD", "amount", "12.51", "rate", "99479.737",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "12576", "tail", "3dcebffc0fc", "created_at",
            "2026-11-28T13:37:36.625Z", "total", "12576", "key", "old-1",
        ],
        [
            "XADD", "{orders}:ledger", "1795873056652-0", "currency", "EUR", "amount", "12.52", "rate", "86493.4899",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "14476", "tail", "02da7e87c46", "created_at",
            "2026-11-28T13:37:36.653Z", "total", "27052", "key", "old-2",
        ],
        [
            "XADD", "{orders}:ledger", "1795873056678-0", "currency", "GBP", "amount", "12.53", "rate", "75886.9315",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "16512", "tail", "239226f5d8f", "created_at",
            "2026-11-28T13:37:36.680Z", "total", "43564", "key", "old-3",
        ],
        [
            "XADD", "{orders}:ledger", "1795873074231-0", "raised", "2026-11-28T13:37:54.226Z", "total", "50000000",
            "tail", "3ef51cf44b0",
        ],
        [
            "HSET", "{orders}:seen", "USD 12.51 old-1", "1795873056625-0", "EUR 12.52 old-2", "1795873056652-0",
            "GBP 12.53 old-3", "1795873056678-0",
        ],
        [
            "HSET", "{read}:stats", "last", "1795873074231-0", "last_tail", "3ef51cf44b0", "last_created_at",
            "2026-11-28T13:37:54.226Z", "total", "50000000", "EUR:count", "1", "EUR:units", "1252000000",
            "EUR:satoshi", "14476", "GBP:count", "1", "GBP:units", "1253000000", "GBP:satoshi", "16512", "USD:count",
            "1", "USD:units", "1251000000", "USD:satoshi", "12576",
        ],
        [
            "XADD", "{read}:all", "1795873056625-0", "currency", "USD", "amount", "12.51", "rate", "99479.737",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "12576", "tail", "3dcebffc0fc", "created_at",
            "2026-11-28T13:37:36.625Z",
        ],
        [
            "XADD", "{read}:all", "1795873056652-0", "currency", "EUR", "amount", "12.52", "rate", "86493.4899",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "14476", "tail", "02da7e87c46", "created_at",
            "2026-11-28T13:37:36.653Z",
        ],
        [
            "XADD", "{read}:all", "1795873056678-0", "currency", "GBP", "amount", "12.53", "rate", "75886.9315",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "16512", "tail", "239226f5d8f", "created_at",
            "2026-11-28T13:37:36.680Z",
        ],
        [
            "XADD", "{read}:EUR", "1795873056652-0", "currency", "EUR", "amount", "12.52", "rate", "86493.4899",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "14476", "tail", "02da7e87c46", "created_at",
            "2026-11-28T13:37:36.653Z",
        ],
        [
            "XADD", "{read}:GBP", "1795873056678-0", "currency", "GBP", "amount", "12.53", "rate", "75886.9315",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "16512", "tail", "239226f5d8f", "created_at",
            "2026-11-28T13:37:36.680Z",
        ],
        [
            "XADD", "{read}:USD", "1795873056625-0", "currency", "USD", "amount", "12.51", "rate", "99479.737",
            "rate_minute", "2026-11-28T13:37Z", "satoshi", "12576", "tail", "3dcebffc0fc", "created_at",
            "2026-11-28T13:37:36.625Z",
        ],
        [
            "XADD", "btc_rate", "1795873020000-0", "source", "sandbox", "minute", "2026-11-28T13:37Z", "fetched_at",
            "2026-11-28T13:37:13.195Z", "count", "1", "sha256",
            "8241a3ef3214f5af1c8c0e51c008603f3aed8d7336dc34f341b5db5faab08b1c", "rows",
            #"[{"EUR":"86493.4899","GBP":"75886.9315","USD":"99479.737"}]"#,
        ],
    ]

    private static let witness =
        #"{"kind":"sandbox","opened":"1795873032243-0","entry":"1795873074231-0","tail":"3ef51cf44b0","total":"50000000"}"#

    private let redis: TestRedis
    private let client: RedisClient
    private let clock = TapeClock()
    private let keys = TapeKeys()

    init() async throws {
        redis = try await TestRedis()
        client = redis.client()
        for command in Self.commands {
            _ = try await client.send(
                RedisCommand(command[0], arguments: command.dropFirst().map { $0 as any RedisArgument }))
        }
    }

    private var history: OrderHistory {
        OrderHistory(readModel: client, ledger: client, keys: keys, clock: clock)
    }

    private var walk: LedgerWalk {
        LedgerWalk(
            ledger: client, readModel: client, rates: StreamReader(key: "btc_rate", redis: client, clock: clock),
            keys: keys, clock: clock)
    }

    private func fold() -> LedgerFold {
        LedgerFold(readModel: client, ledger: client, keys: keys, confirmation: nil, clock: clock)
    }

    private func place(_ currency: Currency, _ key: String) async throws -> OrderPlacer.Placement {
        let expectedEntries = ExpectedEntries()
        try await LossDetector(
            history: history, expectedEntries: expectedEntries, ledger: client, keys: keys, clock: clock
        ).check()
        let placer = OrderPlacer(
            redis: client, keys: keys, confirmation: nil, maxRateAge: .seconds(180), expectedEntries: expectedEntries,
            clock: clock)
        let rates = BTCRates(
            minute: Minute(containing: clock.now), kind: .sandbox,
            rates: [.usd: try #require(Rate("100")), .chf: try #require(Rate("50"))])
        let request = OrderRequest(
            currency: currency, amount: try #require(Amount("1".utf8)), key: try #require(IdempotenceKey(key)))
        return try await placer.place(request, rates: rates)
    }

    @Test func `its opening means 100 BTC and three currencies, and its rates are the sandbox's`() async throws {
        let opening = try #require(try await history.opening())
        #expect(opening.kind == .sandbox && opening.terms == .standard && opening.total == Satoshi(0))
        #expect(LedgerTerms.standard == LedgerTerms(cap: Satoshi(10_000_000_000), currencies: [.eur, .gbp, .usd]))
        #expect(try await history.terms() == .standard)
        let rates = StreamReader(key: "btc_rate", redis: client, clock: clock)
        let entry = try #require(try await rates.newest(1).first)
        #expect(try BTCRates(entry)?.kind == .sandbox && entry.fields["kind"] == nil)
        #expect(try BTCRates(entry)?.rates[.gbp] == Rate("75886.9315"))
        let record = try #require(WitnessRecord(Array(Self.witness.utf8)))
        #expect(record.kind == .sandbox && record.text == Self.witness)
        let verdict = try await LossCheck(ledger: client, keys: keys, clock: clock).verdict(
            on: record, opening: opening)
        #expect(verdict == .found)
    }

    @Test func `its ledger, keys and read model verify`() async throws {
        let audit = try await walk.run()
        #expect(audit.findings.isEmpty, "\(audit.findings.lines)")
        #expect(audit.orders == 3 && audit.total == Satoshi(50_000_000) && audit.terms == .standard)
    }

    @Test func `its read model is read, and gone on with`() async throws {
        let statistics = try await history.statistics()
        #expect(statistics.currencies == [.eur, .gbp, .usd] && statistics.count == 3)
        #expect(statistics[.eur].satoshi == Satoshi(14_476) && statistics[.eur].amount == "12.52")
        #expect(try await history.page(before: nil, currency: .gbp, size: 10).orders.map(\.satoshi.digits) == ["16512"])
        #expect(try await fold().step(atMost: 10) == .caughtUp(statistics))
        guard case .order(let order, isReplay: false) = try await place(.usd, "new") else {
            Issue.record("no order")
            return
        }
        guard case .folded(let batch) = try await fold().step(atMost: 10) else {
            Issue.record("nothing was folded")
            return
        }
        #expect(batch.orders == [order] && batch.statistics.count == 4)
        #expect(try await walk.run().findings.isEmpty)
    }

    @Test func `an order that it took is found again`() async throws {
        let request = OrderRequest(
            currency: .gbp, amount: try #require(Amount("12.53".utf8)), key: try #require(IdempotenceKey("old-3")))
        let placer = OrderPlacer(
            redis: client, keys: keys, confirmation: nil, maxRateAge: .seconds(180), expectedEntries: ExpectedEntries(),
            clock: clock)
        guard case .order(let order, isReplay: true) = try await placer.place(request, rates: nil) else {
            Issue.record("no replay")
            return
        }
        #expect("\(order.id)" == "01a22260-27a6-7000-8000-0239226f5d8f" && order.satoshi == Satoshi(16_512))
    }

    @Test func `a currency is added to its ledger, ordered in, folded, rebuilt and verified`() async throws {
        let adder = CurrencyAdder(ledger: client, keys: keys, clock: clock)
        guard case .added(_, let all) = try await adder.add([.chf]) else {
            Issue.record("nothing was added")
            return
        }
        #expect(all == [.eur, .gbp, .usd, .chf])
        guard case .order(let order, isReplay: false) = try await place(.chf, "franc") else {
            Issue.record("no order")
            return
        }
        #expect(order.satoshi == Satoshi(2_000_000))
        guard case .folded(let batch) = try await fold().step(atMost: 10) else {
            Issue.record("nothing was folded")
            return
        }
        #expect(batch.statistics.currencies == all && batch.statistics[.chf].count == 1)
        #expect(try await history.page(before: nil, currency: .chf, size: 10).orders == [order])
        let rebuild = ReadModelRebuild(readModel: client, ledger: client, keys: keys, clock: clock)
        #expect(try await rebuild.run() == batch.statistics)
        let audit = try await walk.run()
        #expect(audit.findings.isEmpty && audit.orders == 4, "\(audit.findings.lines)")
        #expect(audit.terms.currencies == all)
    }
}
