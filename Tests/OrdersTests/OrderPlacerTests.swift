import Basics
import Logging
import NIOPosix
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// Placing orders through the placer, on a real Redis.
@Suite struct OrderPlacerTests {
    private struct Desk {
        let redis: TestRedis
        let client: RedisClient
        let clock = TapeClock()
        let expectedEntries = ExpectedEntries()
        var acknowledgement = Acknowledgement(replicas: 0, fsync: false, timeout: .milliseconds(200))

        init(_ redis: TestRedis, isOpen: Bool = true) async throws {
            self.redis = redis
            client = redis.client()
            expectedEntries.open()
            guard isOpen else { return }
            _ = try await client.send(
                RedisCommand(
                    "XADD", "{orders}:ledger", "*", "opened", "2026-11-21T09:00:00.000Z", "kind", "real", "total", "0",
                    "tail", "00000000001"))
        }

        var placer: OrderPlacer {
            OrderPlacer(
                redis: client, keys: TapeKeys(),
                confirmation: LedgerConfirmation(
                    ledger: client, keys: TapeKeys(), acknowledgement: acknowledgement),
                maxRateAge: .seconds(180), expectedEntries: expectedEntries, clock: clock)
        }

        func rates(_ ago: Int = 0, dollar: String = "100", kind: DataKind = .real) throws -> BTCRates {
            BTCRates(
                minute: Minute(containing: clock.now).advanced(byMinutes: -ago), kind: kind,
                rates: [.usd: try #require(Rate(dollar)), .eur: try #require(Rate("90"))])
        }

        func place(_ amount: String, _ key: String, rates: BTCRates?) async throws -> OrderPlacer.Placement {
            try await placer.place(request(amount, key), rates: rates)
        }
    }

    private static func request(_ amount: String, _ key: String, _ currency: Currency = .usd) throws -> OrderRequest {
        OrderRequest(
            currency: currency, amount: try #require(Amount(amount.utf8)), key: try #require(IdempotenceKey(key)))
    }

    @Test func `an order that is asked for again is the same order, with or without rates`() async throws {
        let ledger = try await Desk(TestRedis())
        guard case .order(let order, isReplay: false) = try await ledger.place("12.5", "a", rates: ledger.rates())
        else { throw NotAnOrder() }
        #expect(order.satoshi == Satoshi(12_500_000) && "\(order.rate) \(order.amount)" == "100 12.5")
        #expect(ledger.expectedEntries.newest == LedgerMark(id: order.id.entry, tail: order.id.tail))
        for rates in [nil, try ledger.rates(9), try ledger.rates(dollar: "1"), try ledger.rates(kind: .sandbox)] {
            #expect(try await ledger.place("12.5", "a", rates: rates) == .order(order, isReplay: true))
        }
    }

    private struct NotAnOrder: Error {}

    @Test func `old rates, missing rates and rates of the other kind place nothing`() async throws {
        let ledger = try await Desk(TestRedis())
        #expect(try await ledger.place("1", "a", rates: nil) == .refused(.noOffer, nil))
        #expect(try await ledger.place("1", "a", rates: ledger.rates(4)) == .refused(.noOffer, nil))
        let pounds = OrderRequest(
            currency: .gbp, amount: try #require(Amount("1".utf8)), key: try #require(IdempotenceKey("a")))
        #expect(try await ledger.placer.place(pounds, rates: ledger.rates()) == .refused(.noOffer, nil))
        guard
            case .refused(.wrongKind(.real), _?) = try await ledger.place("1", "a", rates: ledger.rates(kind: .sandbox))
        else { throw NotAnOrder() }
        #expect(try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(1))
    }

    @Test func `until the read model was looked at, orders are only looked up`() async throws {
        let ledger = try await Desk(TestRedis())
        let early = OrderPlacer(
            redis: ledger.client, keys: TapeKeys(), confirmation: nil, maxRateAge: .seconds(180),
            expectedEntries: ExpectedEntries(), clock: ledger.clock)
        let request = try Self.request("1", "a")
        #expect(try await early.place(request, rates: ledger.rates()) == .refused(.noOffer, nil))
        guard case .order(let order, _) = try await ledger.place("1", "a", rates: ledger.rates()) else {
            throw NotAnOrder()
        }
        #expect(try await early.place(request, rates: nil) == .order(order, isReplay: true))
    }

    @Test func `a flushed, reopened or older ledger takes no order`() async throws {
        let ledger = try await Desk(TestRedis())
        guard case .order(let first, _) = try await ledger.place("1", "a", rates: ledger.rates()),
            case .order(let second, _) = try await ledger.place("1", "b", rates: ledger.rates())
        else { throw NotAnOrder() }
        let id = "\(second.id.entry)"
        _ = try await ledger.client.send(RedisCommand("XDEL", "{orders}:ledger", id))
        guard case .refused(.ledgerLost(id), _) = try await ledger.place("1", "c", rates: ledger.rates()) else {
            throw NotAnOrder()
        }
        _ = try await ledger.client.send(RedisCommand("FLUSHALL"))
        guard case .refused(.ledgerLost(id), _) = try await ledger.place("1", "c", rates: ledger.rates()) else {
            throw NotAnOrder()
        }
        let reopened = try await Desk(ledger.redis)
        reopened.expectedEntries.acknowledge(
            LedgerClaim(mark: LedgerMark(id: first.id.entry, tail: first.id.tail), total: first.satoshi), found: nil,
            on: nil)
        guard case .refused(.ledgerLost, _) = try await reopened.place("1", "c", rates: ledger.rates()) else {
            throw NotAnOrder()
        }
        #expect(try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(1))
    }

    @Test func `orders that wait together are each looked for where they are confirmed`() async throws {
        var ledger = try await Desk(TestRedis())
        guard case .order(let order, _) = try await ledger.place("1", "a", rates: ledger.rates()) else {
            throw NotAnOrder()
        }
        ledger.acknowledgement = Acknowledgement(replicas: 1, fsync: false, timeout: .milliseconds(200))
        let confirmation = try #require(
            LedgerConfirmation(ledger: ledger.client, keys: TapeKeys(), acknowledgement: ledger.acknowledgement))
        let there = LedgerMark(id: order.id.entry, tail: order.id.tail)
        // As a server had it that is not the primary any more.
        let gone = LedgerMark(id: StreamID(milliseconds: 5, sequence: 0), tail: order.id.tail)
        // The first one is waited for alone, the others then together.
        let told = try await withThrowingTaskGroup(of: (LedgerMark, String?).self) { group in
            for mark in [there, there, gone] { group.addTask { (mark, try await confirmation.shortfall(of: mark)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (mark, shortfall) in told {
            #expect((shortfall == "the ledger does not have it any more") == (mark == gone), "\(shortfall ?? "none")")
        }
        #expect(try await ledger.client.send(RedisCommand("GET", "{orders}:confirmed")).text == "\(there.id)")
    }

    @Test func `racing replicas fill the cap exactly, and place one order a key`() async throws {
        let redis = try await TestRedis()
        _ = try await Desk(redis)
        let outcome = try await Race(redis).run { client in
            let placer = OrderPlacer(
                redis: client, keys: TapeKeys(), confirmation: nil, maxRateAge: .seconds(180),
                expectedEntries: Race.knownEntries, clock: TapeClock())
            return { request, rates in
                if case .order = try await placer.place(request, rates: rates) { true } else { false }
            }
        }
        #expect(outcome.total == LedgerTerms.standard.cap)
        #expect(outcome.isWell, "\(outcome)")
    }

    @Test func `the race finds it out when orders are placed by GET, compare, then write`() async throws {
        let redis = try await TestRedis()
        _ = try await Desk(redis)
        let outcome = try await Race(redis).run { client in
            { request, rates in
                // What create_order.lua does, without its being one step.
                let identity = "\(request.currency.rawValue) \(request.amount) \(request.key)"
                if try await client.send(RedisCommand("HGET", "{orders}:seen", identity)).text != nil { return true }
                let newest = try await client.send(
                    RedisCommand("XREVRANGE", "{orders}:ledger", "+", "-", "COUNT", 1))
                let entry = try LedgerEntry(reply: newest.array?.first)
                let rate = try #require(rates.rates[request.currency])
                let satoshi = try #require(rate.satoshi(for: request.amount))
                guard entry.total + satoshi <= LedgerTerms.standard.cap else { return false }
                let id = try await client.send(
                    RedisCommand(
                        "XADD", "{orders}:ledger", "*", "currency", request.currency.rawValue, "amount",
                        "\(request.amount)", "rate", "\(rate)", "rate_minute", "\(rates.minute)", "satoshi",
                        satoshi.digits, "tail", "\(OrderTail.random())", "created_at", "2026-11-21T09:00:00.000Z",
                        "total", (entry.total + satoshi).digits, "key", "\(request.key)")
                ).text
                _ = try await client.send(RedisCommand("HSET", "{orders}:seen", identity, id ?? ""))
                return true
            }
        }
        #expect(!outcome.isWell, "the race did not show it: \(outcome)")
    }

    @Test func `with replicas asked for, an order is acknowledged when they have it, and otherwise unsafe`()
        async throws
    {
        let redis = try await TestRedis()
        var ledger = try await Desk(redis)
        ledger.acknowledgement = Acknowledgement(replicas: 1, fsync: false, timeout: .milliseconds(200))
        #expect(try await ledger.place("1", "a", rates: ledger.rates()) == .unsafe("0 of 1 replicas have it"))
        // Nor is it the second time, when nothing is written by rights.
        #expect(try await ledger.place("1", "a", rates: ledger.rates()) == .unsafe("0 of 1 replicas have it"))
        #expect(ledger.expectedEntries.newest == nil)
        let replica = try await TestRedis(["--replicaof", "127.0.0.1", "\(redis.port)"])
        let follower = replica.client()
        try await eventually("the replica follows") {
            try await follower.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(2)
        }
        try await eventually("the replica acknowledges") {
            guard case .order(_, isReplay: true) = try await ledger.place("1", "a", rates: ledger.rates()) else {
                return false
            }
            return true
        }
        ledger.acknowledgement = Acknowledgement(replicas: 1, fsync: false, timeout: .seconds(5))
        guard case .order(_, isReplay: false) = try await ledger.place("1", "b", rates: ledger.rates()) else {
            throw NotAnOrder()
        }
        #expect(try await follower.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(3))
    }

    @Test func `orders that wait in vain for replicas wait together, and keep their connection`() async throws {
        let redis = try await TestRedis()
        var ledger = try await Desk(redis)
        ledger.acknowledgement = Acknowledgement(replicas: 1, fsync: false, timeout: .milliseconds(500))
        let placer = ledger.placer
        let rates = try ledger.rates()
        let began = ContinuousClock.now
        let placements = try await withThrowingTaskGroup(of: OrderPlacer.Placement.self) { group in
            for number in 0..<50 {
                let request = try Self.request("1", "key-\(number)")
                group.addTask { try await placer.place(request, rates: rates) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(placements.count == 50 && placements.allSatisfy { $0 == .unsafe("0 of 1 replicas have it") })
        // One after the other would take 25 seconds.
        #expect(ContinuousClock.now - began < .seconds(15))
        let stats = try await ledger.client.send(RedisCommand("INFO", "stats")).text ?? ""
        let connections = stats.split(whereSeparator: \.isNewline).first { $0.hasPrefix("total_connections_received:") }
        // Of the test that waited for the server, of this client, and of the one that waits.
        #expect(connections == "total_connections_received:3", "\(connections ?? "none")")
    }

    @Test(arguments: [RedisKind.valkey81, .valkey91, .redis82].compactMap(\.self))
    func `WAITAOF counts where the server really waits for the disk`(kind: RedisKind) async throws {
        var ledger = try await Desk(
            TestRedis(["--appendonly", "yes", "--appendfsync", "everysec"], kind: kind))
        ledger.acknowledgement = Acknowledgement(replicas: 0, fsync: true, timeout: .seconds(3))
        let placement = try await ledger.place("1", "a", rates: ledger.rates())
        let length = try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger"))
        if kind == .redis82 {
            guard case .order = placement else { throw NotAnOrder() }
        } else {
            guard case .unconfirmable(let why) = placement else { throw NotAnOrder() }
            #expect(why.contains("Valkey") && length == .integer(1))
            _ = try await ledger.client.send(RedisCommand("CONFIG", "SET", "appendfsync", "always"))
            guard case .order = try await ledger.place("1", "a", rates: ledger.rates()) else { throw NotAnOrder() }
        }
    }

    @Test func `a server without WAITAOF does not pass for one that has it`() async throws {
        var ledger = try await Desk(TestRedis())
        ledger.acknowledgement = Acknowledgement(replicas: 0, fsync: true, timeout: .milliseconds(200))
        guard case .unconfirmable(let why) = try await ledger.place("1", "a", rates: ledger.rates()) else {
            throw NotAnOrder()
        }
        #expect(why.contains("WAITAOF"), "\(why)")
        #expect(try await ledger.client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(1))
    }

    @Test func `words of WAIT and WAITAOF are read`() {
        let wait = Acknowledgement(replicas: 2, fsync: false, timeout: .zero)
        #expect(wait.shortfall(.integer(2)) == nil && wait.shortfall(.integer(3)) == nil)
        #expect(wait.shortfall(.integer(1)) == "1 of 2 replicas have it")
        #expect(wait.shortfall(.array([.integer(1), .integer(2)])) != nil && wait.shortfall(.null) != nil)
        let fsync = Acknowledgement(replicas: 1, fsync: true, timeout: .seconds(1))
        #expect(fsync.shortfall(.array([.integer(1), .integer(1)])) == nil)
        #expect(fsync.shortfall(.array([.integer(1), .integer(0)])) == "0 of 1 replicas have it on their disks")
        #expect(fsync.shortfall(.array([.integer(0), .integer(1)])) == "it is not known to be on the server's disk")
        #expect(fsync.shortfall(.integer(1)) != nil)
        #expect(Acknowledgement(replicas: 0, fsync: false, timeout: .zero).command == nil)
    }
}
