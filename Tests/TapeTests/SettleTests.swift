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
        #expect(outcome == .abandoned)
        #expect(ContinuousClock.now - began < .seconds(40))
    }

    @Test func `leaves a minute to its holder when the time is up`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        _ = try await fixture.client.send(RedisCommand("SET", TapeKeys().lease("price", minute), "busy", "PX", 60_000))
        let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now) {
            fixture.rows("[]", minute)
        }
        #expect(outcome == .abandoned)
        #expect(try await fixture.reader.newestID() == nil)
    }

    @Test func `the fourth beginning of a minute makes it a gap`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        struct Crash: Error {}
        for _ in 0..<3 {
            await #expect(throws: Crash.self) {
                try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) { throw Crash() }
            }
            _ = try await fixture.client.send(RedisCommand("DEL", TapeKeys().lease("price", minute)))
        }
        let outcome = try await fixture.settler().settle(minute, giveUp: fixture.clock.now + .seconds(20)) {
            Issue.record("a poisonous minute was made again")
            return fixture.rows("[]", minute)
        }
        guard case .published(let gap?) = outcome else {
            Issue.record("not a gap: \(outcome)")
            return
        }
        #expect(gap.code == "poison")
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
