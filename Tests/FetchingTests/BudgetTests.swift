import Basics
import Config
import Foundation
import Logging
import Redis
import Synchronization
import Tape
import TestSupport
import Testing

@testable import Fetching

@Suite(.timeLimit(.minutes(3))) struct BudgetTests {
    private static func settings(_ json: String) throws -> BudgetSettings {
        let context = ConfigContext(file: "", environment: [:])
        let reader = try #require(context.reader(of: Array(json.utf8)))
        let settings = BudgetSettings(reading: reader)
        try #require(context.issues.isEmpty, "\(context.issues)")
        return try #require(settings)
    }

    private static func budget(_ json: String, _ redis: RedisClient, _ clock: TapeClock = TapeClock()) throws -> Budget
    {
        Budget(try settings(json), name: "plan", keys: TapeKeys(), redis: redis, clock: clock)
    }

    private static func isRefused(_ budget: Budget, _ credits: Int, needing needed: Int = 0) async throws -> Bool {
        do {
            _ = try await budget.take(credits, needing: needed)
            return false
        } catch let failure as FetchFailure where failure.code == .budget {
            return true
        }
    }

    @Test func `credits are taken while there are some, and those who share the plan see it`() async throws {
        let redis = try await TestRedis()
        let (one, other) = (
            try Self.budget(#"{"plan": 10}"#, redis.client()), try Self.budget(#"{"plan": 10}"#, redis.client())
        )
        _ = try await one.take(4, needing: 4)
        _ = try await other.take(4, needing: 4)
        #expect(try await Self.isRefused(one, 4))
        #expect(try await one.state().spent == 8)
        #expect(try await other.state().left == 2)
        _ = try await one.take(2, needing: 2)
        #expect(try await Self.isRefused(other, 1))
        #expect(try await redis.client().send(RedisCommand("PTTL", "budget:plan")).integer ?? 0 > 0)
    }

    @Test func `a list that the rest does not pay for is not begun`() async throws {
        let redis = try await TestRedis()
        let budget = try Self.budget(#"{"plan": 10}"#, redis.client())
        #expect(try await Self.isRefused(budget, 5, needing: 11))
        #expect(try await budget.state().spent == 0)
        _ = try await budget.take(5, needing: 10)
        await #expect {
            try await budget.take(5, needing: 6)
        } throws: { error in
            let detail = (error as? FetchFailure)?.detail ?? ""
            return detail.hasPrefix("not asked: 5 of 10 credits are spent, and 6 are needed; more come 20")
        }
    }

    @Test func `what the provider says corrects what was taken`() async throws {
        let redis = try await TestRedis()
        let budget = try Self.budget(#"{"plan": 100}"#, redis.client())
        let first = try await budget.take(25, needing: 25)
        await budget.correct(first, cost: 24, left: nil)
        #expect(try await budget.state().spent == 24)
        let second = try await budget.take(25, needing: 25)
        await budget.correct(second, cost: 30, left: nil)
        #expect(try await budget.state().spent == 54)
        // Somebody else spends of the same plan.
        let third = try await budget.take(1, needing: 1)
        await budget.correct(third, cost: nil, left: 20)
        #expect(try await budget.state().spent == 80)
        // What was taken here counts, whatever the provider says: it does not know of calls that are under way.
        let fourth = try await budget.take(1, needing: 1)
        await budget.correct(fourth, cost: nil, left: 90)
        #expect(try await budget.state().spent == 81)
    }

    @Test(arguments: [#"{"plan": 100}"#, #"{"plan": 100, "period": "1h"}"#])
    func `what the provider says of others is corrected by what it says later`(settings: String) async throws {
        let redis = try await TestRedis()
        // In the middle of a month.
        let start = Timestamp(milliseconds: 1_794_700_800_000)
        func budget(after seconds: Int64) throws -> Budget {
            let scale = ClockScale(
                start: start + .seconds(seconds), origin: Timestamp.machineTime, speed: 1)
            return try Self.budget(settings, redis.client(), TapeClock(scale: scale))
        }
        _ = try await budget(after: 0).take(10, needing: 10)
        // While a call may be under way, it is only raised: the provider does not know of that call yet.
        for (left, spent) in [(50, 50), (90, 50), (40, 60), (100, 60)] {
            await (try budget(after: 60)).learn(left: left)
            #expect(try await budget(after: 60).state().spent == spent, "\(left)")
        }
        let later = try budget(after: 130)
        for (left, spent) in [(0, 100), (100, 10), (85, 15), (50, 50), (-1, 101), (90, 10), (0, 100)] {
            await later.learn(left: left)
            #expect(try await later.state().spent == spent, "\(left)")
        }
        #expect(try await Self.isRefused(later, 1))
        await later.learn(left: 1000)
        #expect(try await !Self.isRefused(later, 90))
        #expect(try await Self.isRefused(later, 1))
        // What was said again counts from then on.
        _ = try await redis.client().send(RedisCommand("DEL", "budget:plan"))
        await later.learn(left: 50)
        await (try budget(after: 3000)).learn(left: 50)
        #expect(try await budget(after: 3800).state().spent == 50)
    }

    @Test func `near the end of a period a call counts in both, and what is said to be left in neither`() async throws {
        let redis = try await TestRedis()
        let end = try #require(Timestamp(rfc3339: "2026-05-01T00:00:00Z"))
        func budget(at time: Timestamp) throws -> Budget {
            let clock = TapeClock(scale: ClockScale(start: time, origin: .machineTime, speed: 1))
            return try Self.budget(#"{"plan": 100}"#, redis.client(), clock)
        }
        for (seconds, spent) in [(-30, 10), (30, 20)] {
            let near = try budget(at: end + .seconds(seconds))
            let grant = try await near.take(10, needing: 10)
            await near.correct(grant, cost: nil, left: 0)
            #expect(try await near.state().spent == spent)
        }
        #expect(try await budget(at: end + .seconds(120)).state().spent == 20)
        let later = try budget(at: end + .seconds(120))
        let grant = try await later.take(10, needing: 80)
        await later.correct(grant, cost: nil, left: 50)
        #expect(try await later.state().spent == 50)
    }

    @Test func `a call that ends in the next period is corrected there`() async throws {
        let redis = try await TestRedis()
        let end = try #require(Timestamp(rfc3339: "2026-05-01T00:00:00Z"))
        func budget(at time: Timestamp) throws -> Budget {
            let clock = TapeClock(scale: ClockScale(start: time, origin: .machineTime, speed: 1))
            return try Self.budget(#"{"plan": 100}"#, redis.client(), clock)
        }
        let grant = try await budget(at: end - .seconds(10)).take(1, needing: 1)
        await (try budget(at: end + .seconds(65))).correct(grant, cost: 50, left: nil)
        #expect(try await budget(at: end + .seconds(65)).state().spent == 50)
    }

    @Test func `credits that no plan has, and digits that Redis does not count with, leave a budget that works`()
        async throws
    {
        let redis = try await TestRedis()
        let budget = try Self.budget(#"{"plan": 100}"#, redis.client())
        let part = try #require(
            try await { () async throws -> String? in
                _ = try await budget.take(1, needing: 1)
                let fields = try await redis.client().send(RedisCommand("HKEYS", "budget:plan")).array ?? []
                return fields.compactMap(\.text).first { Int($0) != nil }
            }())
        _ = try await redis.client().send(RedisCommand("HSET", "budget:plan", part, "0012"))
        _ = try await budget.take(1, needing: 1)
        _ = try await redis.client().send(RedisCommand("HSET", "budget:plan", part, "99999999999999999999"))
        #expect(try await Self.isRefused(budget, 1))
        #expect(try await Self.isRefused(budget, 1))
    }

    @Test func `a key of another type is an error, and no call is made`() async throws {
        let redis = try await TestRedis()
        let budget = try Self.budget(#"{"plan": 100}"#, redis.client())
        _ = try await redis.client().send(RedisCommand("SET", "budget:plan", "x"))
        await #expect(throws: RedisError.self) { try await budget.take(1, needing: 1) }
    }

    @Test func `what is no number in the key is dropped`() async throws {
        let redis = try await TestRedis()
        let budget = try Self.budget(#"{"plan": 10, "period": "1d"}"#, redis.client())
        _ = try await redis.client().send(
            RedisCommand("HSET", "budget:plan", "x", "5", "1", "9", "99999999999999", "y"))
        _ = try await budget.take(10, needing: 10)
        #expect(try await budget.state().spent == 10)
    }

    @Test func `the rights that are asked for are enough, and all are used`() async throws {
        let redis = try await TestRedis()
        let needs = [RedisNeed].scripts + [RedisNeed]("HGETALL", "HINCRBY", "HDEL", "PEXPIRE", on: "budget:plan")
        #expect(try LuaCalls.uncovered(in: "Fetching", by: ["budget": (["budget:plan"], needs)]) == [])
        let narrow = try await NarrowUser(redis, needs)
        let budget = try Self.budget(#"{"plan": 10}"#, narrow.client)
        let grant = try await budget.take(10, needing: 10)
        await budget.correct(grant, cost: 1, left: nil)
        #expect(try await budget.state().spent == 1)
    }
}

/// Thirty days of five replicas, of which one dies every now and then, wherever it is.
@Suite(.timeLimit(.minutes(5)), .tags(.clock)) struct BudgetSimulationTests {
    /// What the provider counts, by its own clock.
    private final class Provider: Sendable {
        private let charges = Mutex<[(time: Timestamp, credits: Int)]>([])

        func charge(_ credits: Int, at time: Timestamp) {
            charges.withLock { $0.append((time, credits)) }
        }

        var sorted: [(time: Timestamp, credits: Int)] { charges.withLock(\.self).sorted { $0.time < $1.time } }

        /// The most that was spent in a period that begins at any of these times.
        func most(in length: Duration, from begins: [Timestamp]) -> Int {
            let charges = sorted
            return begins.map { begin in
                charges.reduce(0) { $0 + ($1.time >= begin && $1.time < begin + length ? $1.credits : 0) }
            }.max() ?? 0
        }
    }

    @Test(arguments: [#""period": "1d""#, #""period": "1d", "resets": "2026-01-01T13:00:00Z""#, #""period": "month""#])
    func `never more than the plan is spent, to the credit`(period: String) async throws {
        let redis = try await TestRedis()
        let day = Duration.seconds(86_400)
        // A day in 0.86 s.
        let start = try #require(Timestamp(rfc3339: "2026-01-10T00:00:00Z"))
        let clock = TapeClock(scale: ClockScale(start: start, origin: .machineTime, speed: 100_000))
        let plan = period.contains("month") ? 15_000 : 500
        let settings = #"{"plan": \#(plan), "per": 200, "items": 9800, \#(period)}"#
        let provider = Provider()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask {
                    try? await Self.replica(settings, redis, clock, provider, until: start + day * 30)
                }
            }
        }
        let charges = provider.sorted
        let spent = charges.reduce(0) { $0 + $1.credits }
        let begins =
            if period.contains("resets") {
                (-1...30).map { start + .seconds(13 * 3600) + day * $0 }
            } else if period.contains("month") {
                [start - day * 9, start + day * 22]
            } else {
                charges.map(\.time)
            }
        let most = provider.most(in: period.contains("month") ? day * 31 : day, from: begins)
        #expect(most <= plan, "\(most) of \(plan) in a period, \(spent) in all")
        // Nearly all of it is used, but for what died with its replica.
        #expect(most > plan * 9 / 10, "\(most) of \(plan) in a period, \(spent) in all")
    }

    @Test(arguments: [#""period": "30d""#, #""period": "month""#])
    func `a plan of 15,000 credits that is spread evenly is never used up, and no list is much older than it must be`(
        period: String
    ) async throws {
        let redis = try await TestRedis()
        let day = Duration.seconds(86_400)
        let start = try #require(Timestamp(rfc3339: "2026-01-10T00:00:00Z"))
        let clock = TapeClock(scale: ClockScale(start: start, origin: .machineTime, speed: 200_000))
        let context = ConfigContext(file: "", environment: [:])
        let text = #"{"plan": 15000, "per": 200, "items": 9800, \#(period)}"#
        let settings = try #require(context.reader(of: Array(text.utf8)).flatMap(BudgetSettings.init))
        let budget = Budget(settings, name: "plan", keys: TapeKeys(), redis: redis.client(), clock: clock)
        let provider = Provider()
        var ages: [Duration] = []
        while clock.now < start + day * 60 {
            let minute = Minute(containing: clock.now)
            for (index, cost) in [25, 24].enumerated() {
                // Every now and then a call fails, and is asked again.
                for _ in 0..<(Int.random(in: 0..<20) == 0 ? 2 : 1) {
                    let grant = try await budget.take(25, needing: index == 0 ? 50 : 25)
                    provider.charge(cost, at: clock.now)
                    await budget.correct(grant, cost: cost, left: nil)
                }
            }
            let next = try await budget.next(after: minute, credits: 50)
            ages.append(next.start - minute.start)
            try await clock.sleep(until: next.start)
        }
        let months = [(start - day * 9, 31), (start + day * 22, 28), (start + day * 50, 31)]
        let most =
            period.contains("month")
            ? months.map { provider.most(in: day * $0.1, from: [$0.0]) }.max() ?? 0
            : provider.most(in: day * 30, from: provider.sorted.map(\.time))
        let minutes = ages.map { $0 / .seconds(60) }.sorted()
        let oldest = minutes.dropLast(minutes.count / 100).last ?? 0
        #expect(most <= 15_000)
        // A month of 31 days has a fetch each 149 minutes if none fails. An hour takes 18 ms here, so the machine's own pauses
        // are as long as a few lists.
        #expect(
            oldest < 180,
            "of 100 lists one was more than \(oldest) minutes old; \(ages.count) fetches, at most \(most) credits in a period"
        )
        #expect(ages.count > 500, "\(ages.count) fetches, at most \(most) credits in a period")
    }

    private static func replica(
        _ json: String, _ redis: TestRedis, _ clock: TapeClock, _ provider: Provider, until end: Timestamp
    ) async throws {
        let context = ConfigContext(file: "", environment: [:])
        guard let reader = context.reader(of: Array(json.utf8)), let settings = BudgetSettings(reading: reader) else {
            return
        }
        func start() -> (RedisClient, Budget) {
            let client = redis.client()
            return (client, Budget(settings, name: "plan", keys: TapeKeys(), redis: client, clock: clock))
        }
        var (client, budget) = start()
        while clock.now < end {
            let pages = [25, 24]
            for (index, cost) in pages.enumerated() {
                let sent = clock.now
                let grant: Budget.Grant
                do {
                    grant = try await budget.take(25, needing: index == 0 ? 50 : 25)
                } catch is FetchFailure {
                    break
                }
                // It may die before the call, and then nothing was asked.
                if Int.random(in: 0..<40) == 0 {
                    (client, budget) = {
                        client.close(); return start()
                    }()
                    break
                }
                provider.charge(cost, at: sent + .seconds(Int.random(in: 0...50)))
                // Or before the response.
                if Int.random(in: 0..<40) == 0 {
                    (client, budget) = {
                        client.close(); return start()
                    }()
                    break
                }
                await budget.correct(grant, cost: cost, left: nil)
            }
            try await clock.sleep(for: .seconds(Int.random(in: 60...3600)))
        }
        client.close()
    }
}
