package import Basics
import CoreMetrics
package import Redis
import Tape
import Telemetry

/// What is spent of a plan, kept in Redis for all replicas and feeds that share it.
///
/// Credits are taken before a call, so that whoever dies has spent too much and never too little, and corrected by what the
/// provider says afterwards.
package struct Budget: Sendable {
    /// Credits that were taken.
    struct Grant: Equatable, Sendable {
        let credits: Int
        fileprivate let part: Timestamp
        /// The next period, if the call may arrive in it: the credits count in both.
        fileprivate let nextPart: Timestamp?
    }

    private let settings: BudgetSettings
    package let name: String
    /// The full name of the key in Redis.
    package let key: String
    private let redis: RedisClient
    private let clock: TapeClock

    init(_ settings: BudgetSettings, name: String, keys: TapeKeys, redis: RedisClient, clock: TapeClock) {
        self.settings = settings
        self.name = name
        key = keys.budget(name)
        self.redis = redis
        self.clock = clock
    }

    /// Takes credits if `needed` are left, and throws the gap if they are not.
    func take(_ credits: Int, needing needed: Int) async throws -> Grant {
        let now = clock.now
        let window = settings.period.window(at: now)
        let nextPart = window.until.flatMap { $0 - now <= BudgetPeriod.slack ? $0 : nil }
        let grant = Grant(credits: credits, part: window.part, nextPart: nextPart)
        let answer = try await run(window, grant, credits, needed: max(credits, needed), left: nil)
        guard !answer.isEnough else { return grant }
        let until = window.until ?? answer.oldest.map(settings.period.end) ?? clock.now
        throw FetchFailure(
            .budget,
            "not asked: \(answer.spent) of \(settings.plan) credits are spent, and \(needed) are needed; more come \(until.rfc3339)"
        )
    }

    /// Corrects what was taken by what the provider says that it cost, and what it says is left.
    ///
    /// If Redis does not answer, too much may stay counted.
    func correct(_ grant: Grant, cost: Int?, left: Int?) async {
        let more = cost.map { $0 - grant.credits } ?? 0
        let now = clock.now
        let window = settings.period.window(at: now)
        // Near the end of a period nobody knows of which one the rest is.
        let left = window.until.map { $0 - now <= BudgetPeriod.slack } == true ? nil : left
        guard more != 0 || left != nil else { return }
        _ = try? await run(window, grant, more, needed: 0, left: left)
    }

    /// Counts as spent what the provider says is not left.
    ///
    /// If Redis does not answer, nothing changes.
    func learn(left: Int) async {
        let part = settings.period.window(at: clock.now).part
        await correct(Grant(credits: 0, part: part, nextPart: nil), cost: nil, left: left)
    }

    /// What is spent of the plan at a time.
    package struct State: Equatable, Sendable {
        package let plan: Int
        package let spent: Int
        /// The beginning of the oldest part that counts; nil if nothing is spent.
        let oldest: Timestamp?
        /// When credits come back, or the period ends; nil if none are spent.
        package let until: Timestamp?

        package var left: Int { max(0, plan - spent) }
    }

    /// The beginning of fields that say what others have spent.
    private static let told = "told:"

    /// Only reads.
    package func state() async throws(RedisError) -> State {
        let reply = try await redis.send(RedisCommand("HGETALL", key))
        let window = settings.period.window(at: clock.now)
        let numbers = (reply.array ?? []).map { part in
            part.text.flatMap { Int64($0.hasPrefix(Self.told) ? String($0.dropFirst(Self.told.count)) : $0) }
        }
        var spent = 0
        var oldest: Timestamp?
        for index in stride(from: 0, to: numbers.count - 1, by: 2) {
            // Anybody who can write to the key can write anything there.
            guard let second = numbers[index], let credits = numbers[index + 1], second.magnitude < 1 << 40,
                credits >= 0, case let part = Timestamp(milliseconds: second * 1000),
                part >= window.from, part < window.until ?? clock.now + BudgetPeriod.slack
            else { continue }
            spent = min(spent + Int(min(credits, 1 << 50)), 1 << 50)
            oldest = min(oldest ?? part, part)
        }
        return State(
            plan: settings.plan, spent: max(0, spent), oldest: oldest,
            until: window.until ?? oldest.map(settings.period.end))
    }

    /// When a feed whose fetches cost so much is due again after this minute; at least a minute later.
    func next(after minute: Minute, credits: Int) async throws(RedisError) -> Minute {
        let state = try await state()
        let pace = settings.period.pace(
            credits: credits, spent: state.spent, plan: state.plan, oldest: state.oldest, now: clock.now)
        let next = minute.start + pace
        guard state.left < credits, let until = state.until else { return Minute(containing: next) }
        return Minute(containing: max(next, until)).advanced(byMinutes: 1)
    }

    private struct Answer {
        let isEnough: Bool
        let spent: Int
        let oldest: Timestamp?
    }

    private func run(
        _ window: BudgetPeriod.Window, _ grant: Grant, _ credits: Int, needed: Int, left: Int?
    ) async throws(RedisError) -> Answer {
        func second(_ time: Timestamp) -> String { "\(time.milliseconds.flooredQuotient(by: 1000))" }
        let lifetime = clock.wallMilliseconds(settings.period.length * 2)
        let reply = try await redis.evaluate(
            Self.script, keys: [key],
            arguments: [
                second(window.from), second(grant.part), "\(settings.plan)", "\(credits)", "\(needed)",
                left.map { "\($0)" } ?? "",
                lifetime, grant.nextPart.map(second) ?? "", second(window.until ?? clock.now + BudgetPeriod.slack),
                second(clock.now),
            ])
        guard let parts = reply.array, parts.count == 3, let isEnough = parts[0].integer, let spent = parts[1].integer,
            spent.magnitude < 1 << 52, parts[2].integer.map({ $0.magnitude < 1 << 40 }) ?? true
        else {
            throw RedisError(.unexpectedReply, command: "budget.lua", message: "an odd reply for \(key)")
        }
        Gauge(.budgetSpent, [("budget", name)]).record(Int(spent))
        Gauge(.budgetLeft, [("budget", name)]).record(max(0, settings.plan - Int(spent)))
        let oldest = parts[2].integer.map { Timestamp(milliseconds: $0 * 1000) }
        return Answer(isEnough: isEnough == 1, spent: Int(spent), oldest: oldest)
    }

    static let script = RedisScript(name: "budget", source: PackageResources.budget_lua)
}
