import Basics
import Foundation
import Redis
import ServiceLifecycleTestKit
import TestSupport
import Testing

@testable import Tape

@Suite struct SettleTests {
    @Test func `three replicas settle a minute with one making of it`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        let made = Counter()
        let outcomes = try await withThrowingTaskGroup(of: Settler.Outcome.self) { group in
            for _ in 0..<3 {
                let settler = fixture.settler()
                group.addTask {
                    try await settler.settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
                        made.add()
                        return fixture.rows("[]", minute)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.count == 1)
        #expect(outcomes.count { $0 == .published(nil) } == 1)
        #expect(outcomes.count { $0 == .closed } == 2)
    }

    @Test func `a minute at or below the newest id is closed`() async throws {
        let fixture = try await Fixture()
        let newest = fixture.minute(1)
        _ = try await fixture.publisher().publish(fixture.rows("[]", newest), for: newest)
        for minute in [newest, fixture.minute(5)] {
            let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now) {
                Issue.record("a closed minute was made again")
                return fixture.rows("[]", minute)
            }
            #expect(outcome == .closed)
        }
    }

    @Test func `takes a minute over when the lease of a dead holder runs out`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        let key = TapeKeys().lease("price", minute)
        _ = try await fixture.client.send(RedisCommand("SET", key, "somebody who died", "PX", 1500))
        let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
            fixture.rows("[]", minute)
        }
        #expect(outcome == .published(nil))
    }

    @Test func `does not wait for a lease when the process is to end`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        _ = try await fixture.client.send(RedisCommand("SET", TapeKeys().lease("price", minute), "busy", "PX", 60_000))
        let began = ContinuousClock.now
        let outcome = try await testGracefulShutdown { trigger in
            trigger.triggerGracefulShutdown()
            return try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(50)) {
                fixture.rows("[]", minute)
            }
        }
        #expect(outcome == .leasedElsewhere)
        #expect(ContinuousClock.now - began < .seconds(40))
    }

    @Test func `leaves a minute to its holder when the time is up`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        _ = try await fixture.client.send(RedisCommand("SET", TapeKeys().lease("price", minute), "busy", "PX", 60_000))
        let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now) {
            fixture.rows("[]", minute)
        }
        #expect(outcome == .leasedElsewhere)
        #expect(try await fixture.reader.newestID() == nil)
    }

    @Test func `the fourth beginning of a minute makes it a gap`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        // As three workers leave it that were killed.
        _ = try await fixture.client.send(RedisCommand("SET", TapeKeys().tries("price", minute), 3))
        let said = Said()
        let outcome = try await fixture.settler(said: said).settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
            Issue.record("a poisonous minute was made again")
            return fixture.rows("[]", minute)
        }
        guard case .published(let gap?) = outcome else {
            Issue.record("not a gap: \(outcome)")
            return
        }
        #expect(gap.code == "poison" && gap.detail.contains("tries:price:"))
        #expect(said.told == ["minute.gap"])
        #expect(said.all.first { $0.event == "minute.gap" }?.metadata["detail"].map { "\($0)" } == gap.detail)
    }

    @Test func `where nothing is given up, a minute that was begun often is made, and one that is refused is no gap`()
        async throws
    {
        let fixture = try await Fixture()
        let (first, second) = (fixture.minute(2), fixture.minute(1))
        _ = try await fixture.client.send(RedisCommand("SET", TapeKeys().tries("price", first), 3))
        let outcome = try await fixture.settler(givesUp: false).settle(first, giveUp: fixture.clock.now + .seconds(20))
        {
            fixture.rows("[]", first)
        }
        #expect(outcome == .published(nil))
        // A list that has become something else is refused for good.
        _ = try await fixture.client.send(RedisCommand("RPUSH", "list", "x"))
        let error = await #expect(throws: RedisError.self) {
            try await fixture.settler(givesUp: false).settle(second, giveUp: fixture.clock.now + .seconds(1)) {
                _ = try await fixture.client.send(RedisCommand("GET", "list"))
                return fixture.rows("[]", second)
            }
        }
        #expect(error?.code == .server("WRONGTYPE"))
        #expect(try await fixture.reader.newestID()?.minute == first)
    }

    @Test func `who fails and lives does not count as one that was killed`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        struct Failure: Error {}
        for _ in 0..<5 {
            await #expect(throws: Failure.self) {
                try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) { throw Failure() }
            }
            _ = try await fixture.client.send(RedisCommand("DEL", TapeKeys().lease("price", minute)))
        }
        let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
            fixture.rows("[]", minute)
        }
        #expect(outcome == .published(nil))
    }

    @Test func `what was made is published as soon as Redis takes it, and is not made again`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        let (made, said) = (Counter(), Said())
        let admin = fixture.redis.client()
        _ = try await admin.send(RedisCommand("ACL", "SETUSER", "ann", "on", ">pass", "~*", "+@all", "-xadd"))
        let settler = fixture.settler(user: "ann", password: "pass", said: said)
        async let outcome = settler.settle(minute, giveUp: fixture.clock.now + .seconds(60)) {
            made.add()
            return fixture.rows("[]", minute)
        }
        try await eventually("the refusal is told") { said.told.contains("worker.retries") }
        try await eventually("it is tried again") { said.all.count { $0.event == "worker.retries" } >= 3 }
        _ = try await admin.send(RedisCommand("ACL", "SETUSER", "ann", "+xadd"))
        #expect(try await outcome == .published(nil))
        #expect(made.count == 1)
        #expect(said.told == ["worker.retries"])
    }

    @Test func `rows that Redis does not take until the time is up become a gap that says why`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        let (made, said) = (Counter(), Said())
        _ = try await fixture.client.send(RedisCommand("CONFIG", "SET", "client-query-buffer-limit", 1_048_576))
        let large = String(repeating: "x", count: 3_000_000)
        let outcome = try await fixture.settler(said: said).settle(minute, giveUp: fixture.clock.now + .seconds(2)) {
            made.add()
            return fixture.rows(large, minute)
        }
        guard case .published(let gap?) = outcome else {
            Issue.record("not a gap: \(outcome)")
            return
        }
        #expect(gap.code == "unpublished" && gap.detail.contains("EVALSHA of 300"), "\(gap)")
        #expect(made.count == 1)
        #expect(said.told.contains("minute.gap"))
        #expect(try await fixture.reader.entry(at: minute)?.gap == gap)
    }

    @Test func `keys of another type in the place of its own do not stop a minute`() async throws {
        let fixture = try await Fixture()
        let keys = TapeKeys()
        for (minute, tries) in [
            (fixture.minute(3), ["HSET", "f", "v"]), (fixture.minute(2), ["SET", "12:00"]),
            (fixture.minute(1), ["SET", "9223372036854775807"]),
        ] {
            _ = try await fixture.client.send(RedisCommand("RPUSH", keys.lease("price", minute), "x"))
            let arguments: [any RedisArgument] = [keys.tries("price", minute)] + Array(tries.dropFirst())
            _ = try await fixture.client.send(RedisCommand(tries[0], arguments: arguments))
            let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
                fixture.rows("[]", minute)
            }
            #expect(outcome == .published(nil))
        }
    }

    @Test func `a try that is given back has a time to live, and there is none where nothing was counted`() async throws
    {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        let (key, client) = (TapeKeys().tries("price", minute), fixture.redis.client())
        struct Failure: Error {}
        for isGone in [true, false] {
            await #expect(throws: Failure.self) {
                try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
                    // As the time runs out, or somebody takes it away.
                    if isGone { _ = try await client.send(RedisCommand("DEL", key)) }
                    _ = try? await client.send(RedisCommand("PERSIST", key))
                    throw Failure()
                }
            }
            let (value, left) = try await client.send(RedisCommand("GET", key), then: RedisCommand("PTTL", key))
            #expect(value.text == (isGone ? nil : "0"), "\(value)")
            #expect(left.integer ?? 0 == (isGone ? -2 : left.integer) && left.integer ?? 0 <= 600_000, "\(left)")
            #expect(isGone || left.integer ?? 0 > 500_000)
            _ = try await client.send(RedisCommand("DEL", TapeKeys().lease("price", minute)))
        }
    }

    @Test func `what Redis refuses while a try is counted makes no poison of workers that live`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        let key = TapeKeys().tries("price", minute)
        // The right to the key is there, that to let it expire is not.
        _ = try await fixture.client.send(
            RedisCommand("ACL", "SETUSER", "ann", "on", ">pass", "~*", "+@all", "-pexpire", "-expire"))
        struct Failure: Error {}
        for _ in 0..<4 {
            _ = try? await fixture.settler(user: "ann", password: "pass").settle(
                minute, giveUp: fixture.clock.now
            ) { throw Failure() }
            _ = try await fixture.client.send(RedisCommand("DEL", TapeKeys().lease("price", minute)))
        }
        #expect(try await fixture.client.send(RedisCommand("GET", key)).text ?? "0" == "0")
        #expect(try await fixture.client.send(RedisCommand("PTTL", key)).integer ?? 0 > 0)
        let outcome = try await fixture.settler(user: "ann", password: "pass").settle(
            minute, giveUp: fixture.clock.now + .seconds(20)
        ) { fixture.rows("[]", minute) }
        #expect(outcome == .published(nil))
    }

    @Test func `begin.lua counts each worker that begins once, and give_back.lua only what is counted`() async throws {
        let fixture = try await Fixture()
        let begin = RedisScript(name: "begin", source: PackageResources.begin_lua)
        let back = RedisScript(name: "give_back", source: PackageResources.give_back_lua)
        func begins(_ who: String) async throws -> RedisReply {
            try await fixture.client.evaluate(begin, keys: ["t"], arguments: [who, 60_000])
        }
        func givesBack(_ who: String, isSure: Bool) async throws -> String? {
            _ = try await fixture.client.evaluate(back, keys: ["t"], arguments: [who, 60_000, isSure ? "1" : "0"])
            return try await fixture.client.send(RedisCommand("GET", "t")).text
        }
        #expect(try await givesBack("a", isSure: true) == nil)
        for (who, count) in [("a", 1), ("a", 1), ("b", 2)] as [(String, Int64)] {
            #expect(try await begins(who) == .integer(count))
        }
        #expect(try await givesBack("a", isSure: false) == "2 b")
        #expect(try await givesBack("a", isSure: true) == "1 b")
        #expect(try await begins("b") == .integer(1))
        #expect(try await givesBack("b", isSure: false) == "0")
        #expect(try await givesBack("b", isSure: true) == "0")
        #expect(try await fixture.client.send(RedisCommand("PTTL", "t")).integer ?? 0 > 0)
        // What builds before wrote.
        _ = try await fixture.client.send(RedisCommand("SET", "t", "2"))
        #expect(try await begins("a") == .integer(3))
        for foreign in ["12:00", "", "-1", "9223372036854775807", "1 2 3"] {
            _ = try await fixture.client.send(RedisCommand("SET", "t", foreign))
            #expect(try await begins("a") == .integer(0))
            #expect(try await givesBack("a", isSure: true) == foreign)
        }
    }

    @Test func `beginnings that a shutdown cut short do not count`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        for _ in 0..<4 {
            await #expect(throws: CancellationError.self) {
                try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
                    throw CancellationError()
                }
            }
            _ = try await fixture.client.send(RedisCommand("DEL", TapeKeys().lease("price", minute)))
        }
        let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
            fixture.rows("[]", minute)
        }
        #expect(outcome == .published(nil))
    }

    @Test func `renews the lease while the entry is being made`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        let client = fixture.redis.client()
        let key = TapeKeys().lease("price", minute)
        _ = try await fixture.settler().settle(minute, giveUp: fixture.clock.now) {
            // Longer than any renewal makes it, so that it can neither run out on a busy machine nor look renewed.
            _ = try await client.send(RedisCommand("PEXPIRE", key, 600_000))
            try await eventually("the lease is as long as a renewal makes it") {
                (try await client.send(RedisCommand("PTTL", key)).integer ?? .max) < 60_000
            }
            #expect(try await client.send(RedisCommand("PTTL", key)).integer ?? 0 > 0)
            return fixture.rows("[]", minute)
        }
    }

    @Test func `a renewal does not touch somebody else's lease`() async throws {
        let fixture = try await Fixture()
        let script = RedisScript(name: "renew", source: PackageResources.renew_lua)
        _ = try await fixture.client.send(RedisCommand("SET", "lease", "other", "PX", 5_000))
        #expect(try await fixture.client.evaluate(script, keys: ["lease"], arguments: ["me", 60_000]) == .integer(0))
        #expect((try await fixture.client.send(RedisCommand("PTTL", "lease")).integer ?? 0) <= 5_000)
        #expect(try await fixture.client.evaluate(script, keys: ["none"], arguments: ["me", 60_000]) == .integer(0))
    }
}
