import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// Scripts of people: what stands in the way is found before the first write.
@Suite struct MarkOfLossTests {
    private static let keys = TapeKeys()
    private static let record =
        #"{"kind":"real","opened":"1-0","entry":"5-0","tail":"00000000001","total":"300"}"#

    private struct Place {
        let redis: TestRedis
        let client: RedisClient

        init(_ kind: RedisKind = .installed) async throws {
            redis = try await TestRedis(kind: kind)
            client = redis.client()
        }

        func open() async throws {
            var ledger = TestLedger(client)
            try await ledger.open()
        }

        func raise(_ client: RedisClient? = nil) async throws(RedisError) -> LedgerRaiser.Outcome {
            try await LedgerRaiser(ledger: client ?? self.client, keys: keys, clock: TapeClock()).raise(
                to: Satoshi(500))
        }

        func open(_ client: RedisClient? = nil, sold: Satoshi?) async throws(RedisError) -> LedgerOpener.Outcome {
            let client = client ?? self.client
            return try await LedgerOpener(
                ledger: client, readModel: self.client,
                witnesses: LedgerWitnesses(folder: nil, redis: nil, keys: keys), keys: keys, clock: TapeClock()
            ).open(.real, alreadySold: sold)
        }

        /// As an api that has just been started looks.
        func check() async throws -> ExpectedEntries {
            let expectedEntries = ExpectedEntries()
            let history = OrderHistory(readModel: client, ledger: client, keys: keys, clock: TapeClock())
            try await LossDetector(
                history: history, expectedEntries: expectedEntries, ledger: client, keys: keys, clock: TapeClock()
            )
            .check()
            return expectedEntries
        }

        func entries() async throws -> Int64? {
            try await client.send(RedisCommand("XLEN", keys.ledger)).integer
        }
    }

    @Test(arguments: RedisKind.all) func `a mark that is no string stops a raise and an opening before they write`(
        kind: RedisKind
    ) async throws {
        let place = try await Place(kind)
        _ = try await place.client.send(RedisCommand("HSET", Self.keys.missing, "f", "v"))
        await #expect(throws: RedisError.self) { try await place.open(sold: Satoshi(500)) }
        #expect(try await place.entries() == 0)
        try await place.open()
        let error = await #expect(throws: RedisError.self) { try await place.raise() }
        #expect(error?.code == .server("WRONGTYPE"))
        #expect(try await place.entries() == 1)
    }

    @Test func `no ledger is opened with less than the read model says was sold`() async throws {
        let place = try await Place()
        func fold(total: String) async throws {
            _ = try await place.client.send(
                RedisCommand("HSET", "{read}:stats", "last", "5-0", "last_tail", "00000000001", "total", total))
        }
        try await fold(total: "300")
        for sold in [UInt128(0), 299] {
            #expect(try await place.open(sold: Satoshi(sold)) == .tooLittle(Satoshi(300)))
        }
        #expect(try await place.entries() == 0)
        guard case .opened = try await place.open(sold: Satoshi(300)) else {
            Issue.record("not opened")
            return
        }
        #expect(try await place.check().loss == nil)

        // What a damaged one says cannot be counted.
        _ = try await place.client.send(RedisCommand("FLUSHALL"))
        try await fold(total: "x")
        guard case .opened = try await place.open(sold: Satoshi(0)) else {
            Issue.record("not opened")
            return
        }
    }

    @Test(arguments: ["x", #"{"kind":"real"}"#]) func `a mark that cannot be read keeps a ledger shut, and is named`(
        mark: String
    ) async throws {
        let place = try await Place()
        _ = try await place.client.send(RedisCommand("SET", Self.keys.missing, mark))
        let error = await #expect(throws: RedisError.self) { try await place.open(sold: Satoshi(0)) }
        #expect(
            error?.message.contains("the mark of a loss, {orders}:missing, cannot be read") == true,
            "\(error?.message ?? "")")
        #expect(try await place.entries() == 0)
    }

    @Test func `a mark about the other kind of rates says nothing of what this kind has sold`() async throws {
        let place = try await Place()
        func mark(_ kind: String) async throws {
            _ = try await place.client.send(
                RedisCommand("SET", Self.keys.missing, Self.record.replacing("real", with: kind)))
        }
        try await mark("real")
        #expect(try await place.open(sold: Satoshi(299)) == .tooLittle(Satoshi(300)))
        try await mark("sandbox")
        guard case .hadOne = try await place.open(sold: nil) else {
            Issue.record("opened, though nobody said what was sold")
            return
        }
        guard case .opened = try await place.open(sold: Satoshi(0)) else {
            Issue.record("not opened")
            return
        }
        // Nothing of it was counted; the next api that looks sees that it is no loss of this ledger.
        #expect(try await place.client.send(RedisCommand("EXISTS", Self.keys.missing)) == .integer(1))
        #expect(try await place.check().loss == nil)
        #expect(try await place.client.send(RedisCommand("EXISTS", Self.keys.missing)) == .integer(0))
    }

    /// The keys as they are, without a `*`.
    private static let exact = [keys.ledger, keys.seen, keys.missing].flatMap {
        [RedisNeed]("XADD", "XRANGE", "XREVRANGE", "GET", "DEL", "EXISTS", on: $0)
    }

    @Test(arguments: RedisKind.all) func `a user with exact keys raises and opens, on every server`(
        kind: RedisKind
    ) async throws {
        for hasMark in [false, true] {
            let place = try await Place(kind)
            let narrow = try await NarrowUser(place.redis, Self.exact + .scripts)
            func mark() async throws {
                guard hasMark else { return }
                // Redis 6.2 cannot be asked without another key.
                if kind.name == "redis-6.2" { return }
                _ = try await place.client.send(RedisCommand("SET", Self.keys.missing, Self.record))
            }
            try await mark()
            guard case .opened = try await place.open(narrow.client, sold: Satoshi(400)) else {
                Issue.record("not opened")
                return
            }
            try await mark()
            guard case .raised = try await place.raise(narrow.client) else {
                Issue.record("not raised")
                return
            }
            #expect(try await place.client.send(RedisCommand("EXISTS", Self.keys.missing)) == .integer(0))
        }
    }

    @Test(arguments: RedisKind.all) func `a user who may not take the mark away raises and opens nothing`(
        kind: RedisKind
    ) async throws {
        let place = try await Place(kind)
        let narrow = try await NarrowUser(place.redis, Self.exact + .scripts, without: "del")
        _ = try await place.client.send(RedisCommand("SET", Self.keys.missing, Self.record))
        func isRefused(_ body: () async throws -> Void) async {
            await #expect {
                try await body()
            } throws: {
                ($0 as? RedisError)?.message == "NOPERM this user may not run DEL on {orders}:missing"
            }
        }
        await isRefused { _ = try await place.open(narrow.client, sold: Satoshi(400)) }
        #expect(try await place.entries() == 0)
        try await place.open()
        await isRefused { _ = try await place.raise(narrow.client) }
        #expect(try await place.entries() == 1)
    }

    @Test
    func `a rebuilt read model takes the place of the live one with exact keys, and without a right nothing changes`()
        async throws
    {
        var fixture = try await ReadModelFixture()
        try await fixture.ledger.open()
        try await fixture.ledger.orders(20)
        try await fixture.foldAll()
        let before = try await fixture.dump()
        let needs =
            [RedisNeed].folding(Self.keys) + .mending(Self.keys) + .following(Self.keys, nil) + .showing(Self.keys)
            + ReadModelKeys(Self.keys, .rebuild).all(LedgerTerms.standard.currencies).flatMap {
                [RedisNeed]("HGETALL", "HGET", "HMGET", "HSET", "XADD", "TYPE", "XINFO STREAM", on: $0)
            }
        func rebuild(without rule: String? = nil, withoutKey key: String? = nil) async throws {
            let narrow = try await NarrowUser(fixture.redis, needs, without: rule, withoutKey: key)
            _ = try await ReadModelRebuild(
                readModel: narrow.client, ledger: narrow.client, keys: Self.keys, clock: fixture.clock
            ).run()
        }
        for rule in ["exists", "rename", "unlink"] {
            await #expect(throws: RedisError.self, "\(rule)") { try await rebuild(without: rule) }
            let left = try await fixture.dump().filter { !$0.key.contains("rebuild") }
            #expect(left == before, "\(rule)")
        }
        try await fixture.ledger.orders(5)
        try await rebuild()
        #expect(try await fixture.problems() == [])
        #expect(try await fixture.dump() != before)
    }
}
