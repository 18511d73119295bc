import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Fetching

@Suite struct PauseTests {
    @Test func `every replica sees the wish to be left alone, with its reason, until it has ended`() async throws {
        let redis = try await TestRedis()
        let clock = TapeClock()
        let (one, other) = (redis.client(), redis.client())
        let pause = Pause(key: "pause:price", redis: one, clock: clock)
        #expect(await pause.current() == nil)
        await pause.begin(for: .seconds(4), because: "HTTP 429: a minute is over")
        let current = try #require(await Pause(key: "pause:price", redis: other, clock: clock).current())
        #expect(current.reason == "HTTP 429: a minute is over")
        #expect(current.until > clock.now && current.until <= clock.now + .seconds(4))
        try await eventually("it ends") { await pause.current() == nil }
        try await eventually("its key goes") {
            try await one.send(RedisCommand("EXISTS", "pause:price")) == .integer(0)
        }
    }

    @Test func `an absurd wish is clamped, and none is none`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        let pause = Pause(key: "p", redis: client, clock: TapeClock())
        await pause.begin(for: .zero, because: "x")
        #expect(await pause.current() == nil)
        await pause.begin(for: .seconds(94_608_000), because: "x")
        let left = try #require(try await client.send(RedisCommand("TTL", "p")).integer)
        #expect((890...900).contains(left))
    }

    @Test func `in fast motion a pause passes as fast as the tape`() async throws {
        let redis = try await TestRedis()
        let scale = try #require(ClockScale("1795251660000x60", now: Timestamp.machineTime))
        let clock = TapeClock(scale: scale)
        let pause = Pause(key: "p", redis: redis.client(), clock: clock)
        await pause.begin(for: .seconds(600), because: "x")
        let left = try #require(try await redis.client().send(RedisCommand("PTTL", "p")).integer)
        #expect((1...10_000).contains(left))
    }

    @Test func `rubbish under the key and a Redis that is away are no pause`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        _ = try await client.send(RedisCommand("SET", "p", "rubbish"))
        let pause = Pause(key: "p", redis: client, clock: TapeClock())
        #expect(await pause.current() == nil)
        redis.signal(9)
        #expect(await pause.current() == nil)
        await pause.begin(for: .seconds(1), because: "x")
    }
}
