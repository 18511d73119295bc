import Basics
import Redis
import TestSupport
import Testing

@testable import Tape

/// The lists of what workers need hold what the sources run.
@Suite struct TapeNeedsTests {
    private static let minute = Minute(containing: .machineTime)
    private static let keys = TapeKeys()

    /// The keys that each script is given, and the list that has to cover it.
    private static let scripts: [String: (keys: [String], needs: [RedisNeed])] = {
        let (settling, reading) = ([RedisNeed].settling("price", minute, keys), [RedisNeed].reading("price"))
        return [
            "begin": ([keys.tries("price", minute)], settling), "give_back": ([keys.tries("price", minute)], settling),
            "minutes": (["price"], reading), "newest": (["price"], reading), "newest_rows": (["price"], reading),
            "survey": (["price"], reading), "publish": (["price"], .publishing("price")),
            "renew": ([keys.lease("price", minute)], settling), "probe": (["probe"], [RedisNeed("SET", "probe")]),
        ]
    }()

    @Test func `each command of a script is in the needs of whoever runs it`() throws {
        #expect(try LuaCalls.uncovered(in: "Tape", by: Self.scripts) == [])
    }

    @Test func `each command that Swift sends is a need, or told as what may not be asked`() throws {
        let needs = [RedisNeed].settling("price", Self.minute, Self.keys) + .beating("price", Self.keys, for: "x")
        // What only looks goes without: INFO and the types of keys are unknown then.
        let optional: Set = ["INFO", "PING", "PTTL", "TYPE"]
        let missing = try LuaCalls.sent(by: ["Tape"]).subtracting(optional).subtracting(needs.map(\.command))
        #expect(missing == [])
    }

    @Test(arguments: RedisKind.all) func `a user with these rights and no others settles a minute, on every server`(
        kind: RedisKind
    ) async throws {
        let redis = try await TestRedis(kind: kind)
        let clock = TapeClock()
        let minute = Self.minute.advanced(byMinutes: -1)
        let needs = [RedisNeed].settling("price", minute, Self.keys)
        let narrow = try await NarrowUser(redis, needs)
        let settler = Settler(
            stream: "price", source: "price", retain: .seconds(3600), keys: Self.keys,
            identity: WorkerIdentity(name: "price", kind: "fetch"), redis: narrow.client, clock: clock,
            logger: Said().logger)
        let outcome = try await settler.settle(minute, giveUp: clock.now + .seconds(20)) {
            .rows(Array("[]".utf8), count: 1, minute: minute, fetchedAt: clock.now)
        }
        #expect(outcome == .published(nil))
        _ = try await settler.reader.survey()
        _ = try await settler.reader.newestRows()
        #expect(try await WriteProbe(narrow.client, key: nil, needs: needs).run() == [])
    }

    /// On a server that can be asked; Redis 6.2 tells of those that it can be asked to run in vain.
    @Test func `each right that is taken away is named, with the line that gives it back`() async throws {
        let redis = try await TestRedis()
        let needs = [RedisNeed].settling("price", Self.minute, Self.keys)
        for rule in Set(needs.map(\.rule)).subtracting(["evalsha", "eval"]) {
            let narrow = try await NarrowUser(redis, needs, without: rule)
            let shortcoming = try #require(
                try await WriteProbe(narrow.client, key: nil, needs: needs).run().first, "\(rule)")
            #expect(
                shortcoming.description.hasPrefix("this user may not run \(rule.prefix { $0 != "|" }.uppercased())"))
            #expect(shortcoming.remedy == "ACL SETUSER USER +\(rule)")
        }
        for key in Set(needs.compactMap(\.key)) {
            let narrow = try await NarrowUser(redis, needs, withoutKey: key)
            let shortcoming = try #require(
                try await WriteProbe(narrow.client, key: nil, needs: needs).run().first, "\(key)")
            let pattern = needs.first { $0.key == key }?.pattern ?? ""
            #expect(
                shortcoming.description.hasSuffix(" on \(key)")
                    && shortcoming.remedy == "ACL SETUSER USER '~\(pattern)'")
        }
        let mute = try await NarrowUser(redis, needs, without: "evalsha")
        let shortcoming = try await WriteProbe(mute.client, key: "probe", needs: needs).run().first
        #expect(shortcoming?.description == "this user may not run EVALSHA")
        let denied = try await redis.aclLog()
        #expect(Set(denied) == ["ping", "evalsha"], "\(denied)")
    }

    @Test(arguments: RedisKind.all) func `a worker that writes nothing is asked for no write, on every server`(
        kind: RedisKind
    ) async throws {
        let redis = try await TestRedis(kind: kind)
        let needs = [RedisNeed].reading("toplist")
        let narrow = try await NarrowUser(redis, needs)
        #expect(try await WriteProbe(narrow.client, key: nil, needs: needs).run() == [])
        #expect(try await redis.client().send(RedisCommand("DBSIZE")) == .integer(0))
        // A connection shakes hands with PING.
        #expect(try await redis.aclLog() == ["ping"])
        let writing = try await WriteProbe(narrow.client, key: "probe", needs: needs).run()
        #expect(writing.first?.description == "this user may not run SET on probe", "\(writing)")
    }

    @Test func `what a user may not run is not sent again and again only to look`() async throws {
        let redis = try await TestRedis()
        let narrow = try await NarrowUser(redis, .reading("toplist"))
        for _ in 0..<5 {
            _ = try await ServerFitness.probe(narrow.client)
            _ = try? await KeyFitness.faults(of: [.init("elsewhere", "stream")], narrow.client)
        }
        let denied = try await redis.aclLog()
        // A connection shakes hands with PING.
        #expect(denied.sorted() == ["elsewhere", "info", "ping", "ping"], "\(denied)")
    }

    @Test func `after a name has moved, what looks is led to the new primary`() async throws {
        let (old, new) = (try await TestRedis(), try await TestRedis())
        let relay = try await Relay(to: old.port)
        let probing = old.client(RedisEndpoint(address: .tcp(host: "127.0.0.1", port: relay.port)))
        let looking = old.client(RedisEndpoint(address: .tcp(host: "127.0.0.1", port: relay.port)))
        let probe = WriteProbe(probing, key: "probe", needs: [RedisNeed("XADD", "s")])
        #expect(try await probe.run() == [])
        #expect(try await ServerFitness.probe(looking).shortcomings == [])
        _ = try await old.client().send(RedisCommand("REPLICAOF", "127.0.0.1", new.port))
        relay.lead(to: new.port)
        try await eventually("the probe writes to the new primary") { try await probe.run() == [] }
        #expect(try await new.client().send(RedisCommand("EXISTS", "probe")) == .integer(1))
        try await eventually("the look is at the new primary") {
            try await ServerFitness.probe(looking).shortcomings == []
        }
    }

    @Test(arguments: RedisKind.all) func `a replica is told as one, on every server`(kind: RedisKind) async throws {
        let redis = try await TestRedis(["--replicaof", "127.0.0.1", "1"], kind: kind)
        let shortcomings = try await WriteProbe(redis.client(), key: "probe", needs: []).run()
        #expect(shortcomings.map(\.description) == ["nothing can be written: it is a replica (READONLY)"])
        #expect(try await ServerFitness.probe(redis.client()).shortcomings.count == 1)
        #expect(try await ServerFitness.probe(redis.client(), writes: false).shortcomings == [])
    }
}
