package import Basics
package import Logging
import Redis
import ServiceLifecycle
package import Tape
import Workers

/// Settles one stream's due minutes, one after the other, until it is told to stop.
package struct FetchWorker: MinuteSettling, CustomStringConvertible {
    package let description: String
    private let schedule: Schedule
    private let fetcher: Fetcher
    private let settler: Settler
    private let clock: TapeClock
    private let logger: Logger

    package init(name: String, schedule: Schedule, fetcher: Fetcher, settler: Settler, clock: TapeClock, logger: Logger)
    {
        description = name
        self.schedule = schedule
        self.fetcher = fetcher
        self.settler = settler
        self.clock = clock
        self.logger = logger
    }

    /// Returns after a graceful shutdown or a cancellation; failures before that are logged and retried.
    package func run() async throws {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(5))
        var alarm = settler.reader.alarm(logger)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let next = try await appointment()
                // Nothing can be published after an entry of the future, but somebody may repair that at any moment.
                guard !alarm.check(try await settler.reader.topID(thorough: alarm.isAhead), now: clock.now) else {
                    guard await clock.pauses(for: .seconds(5)) else { return }
                    continue
                }
                guard await settler.reader.pauses(until: next.start) else { return }
                // A Redis that was away may have lost a minute that can still be settled.
                guard clock.now >= next.start else { continue }
                let outcome = try await settle(next)
                backoff.reset()
                // Refused entries, and minutes that another replica works on, leave the stream as it was, so the next attempt is
                // for the next minute.
                if outcome != .closed, !outcome.isPublished {
                    guard await settler.reader.pauses(until: next.minute.start + .seconds(60)) else { return }
                }
            } catch {
                logger.retries(after: error, isFirst: backoff.isFresh)
                guard await settler.reader.pauses(for: backoff.next()) else { return }
            }
        }
    }

    /// Settles the current minute, for `cointape fetch`, and returns the outcome.
    package func settleCurrentMinute() async throws -> (minute: Minute, outcome: Settler.Outcome) {
        _ = try await settler.reader.newestID()
        let next = schedule.next(after: nil, now: clock.now)
        try await clock.sleep(until: next.start)
        return (next.minute, try await settle(next))
    }

    /// Asks the provider only if there is no entry, rows or gap, since the feed was last due.
    package func settleDue(upTo minute: Minute) async throws -> Bool {
        let next = try await appointment()
        if next.start <= clock.now { _ = try await settle(next) }
        guard let newest = try await settler.reader.newestID()?.minute else { return false }
        return schedule.isPaced || newest >= minute.floored(to: schedule.every)
    }

    /// Settles a minute from a server that can deliver any minute, which the headers name.
    ///
    /// The result is published after `publishingAfter` returns.
    package func fill(
        _ minute: Minute, headers: [(name: String, value: String)],
        publishingAfter: @escaping @Sendable () async -> Void = {}
    ) async throws {
        let deadline = clock.now + Schedule.deadline
        let fetcher = fetcher
        _ = try await settler.settle(minute, giveUp: deadline) {
            let draft = try await fetcher.draft(for: minute, deadline: deadline, headers: headers)
            await publishingAfter()
            return draft
        }
    }

    /// The newest minute that the stream has.
    package func newestMinute() async throws -> Minute? {
        try await settler.reader.newestID()?.minute
    }

    /// The entry of the minute, rows or a gap; nil if the stream has none.
    package func entry(at minute: Minute) async throws -> TapeEntry? {
        try await settler.reader.entry(at: minute)
    }

    private func appointment() async throws -> Schedule.Appointment {
        let newest = try await settler.reader.newestID()?.minute
        if schedule.isPaced, let newest {
            // A gap by which a join closed a minute says nothing: the feed was due then, and still is.
            let planned = try await settler.reader.entry(at: newest)?.next ?? newest
            return schedule.next(plannedFor: planned, after: newest, now: clock.now)
        }
        var isStandIn = false
        // A feed with a period of a minute need not check for a stand-in, because the next minute is due anyway.
        if let newest, schedule.every > .seconds(60) {
            isStandIn = try await settler.reader.entry(at: newest)?.gap?.code == Gap.Code.noEntry.rawValue
        }
        return schedule.next(after: newest, isStandIn: isStandIn, now: clock.now)
    }

    private func settle(_ next: Schedule.Appointment) async throws -> Settler.Outcome {
        let fetcher = fetcher
        return try await settler.settle(next.minute, giveUp: next.deadline) {
            try await fetcher.draft(for: next.minute, deadline: next.deadline)
        }
    }
}
