import Basics
import Logging
import Logs
import Redis
import Tape
import Workers

/// One stream of a source, for the join of a minute.
struct SourceFeed: Sendable {
    let settings: SourceSettings
    let stream: String
    let reader: StreamReader
    /// Uses a connection of its own, because it blocks.
    let waiting: StreamReader
    let publisher: Publisher
    let clock: TapeClock
    let logger: Logger

    /// Those of all sources, each with its streams.
    static func all(
        of config: MergeConfig, redis: RedisClient, waiting: RedisClient, clock: TapeClock, logger: Logger
    ) -> [[SourceFeed]] {
        config.sources.map { source in
            source.streams.map { stream in
                let key = config.worker.redis.keys.stream(stream)
                return SourceFeed(
                    settings: source, stream: stream, reader: StreamReader(key: key, redis: redis, clock: clock),
                    waiting: StreamReader(key: key, redis: waiting, clock: clock),
                    publisher: Publisher(key: key, source: "", retain: longestRetain, redis: redis, clock: clock),
                    clock: clock, logger: logger)
            }
        }
    }

    /// The longest that a feed may keep its entries: closing minutes for a feed that is gone must not fill Redis, but must not
    /// trim what a live feed wants to keep either.
    private static let longestRetain: Duration = .seconds(30 * 86_400)

    /// Returns when the stream's content for the minute cannot change any more.
    ///
    /// That is the case when it has an entry at or after the newest minute that the feed was due at, or one that says that the feed
    /// is due later. At `deadline` that minute is closed with a gap; from then on every replica joins the same entries.
    func settled(for minute: Minute, deadline: Timestamp) async throws {
        let due = minute.floored(to: settings.period)
        if settings.every == .auto, let next = try await reader.newest(1).first?.next, minute < next { return }
        if try await !isReached(due, by: deadline) { try await close(due, for: minute) }
    }

    /// Whether the stream reaches the minute in time.
    private func isReached(_ due: Minute, by deadline: Timestamp) async throws -> Bool {
        while true {
            // The task may have been cancelled just before a wait, when there is no connection yet that cancellation could close.
            // (Swift 6.3 cannot optimize checkCancellation() in a loop beside typed errors.)
            guard !Task.isCancelled else { throw CancellationError() }
            let newest = try await reader.newestID()
            if let newest, newest.minute >= due { return true }
            let left = deadline - clock.now
            guard left > .zero else { return false }
            _ = try await waiting.next(after: newest, waiting: left)
        }
    }

    private func close(_ due: Minute, for minute: Minute) async throws {
        let gap = Gap(.noEntry, "nothing was published for this minute in time for the join")
        let outcome = try await publisher.publish(.gap(gap, minute: due), for: due)
        let isRecent = clock.now - minute.start < .seconds(600)
        logger.log(
            level: isRecent ? .warning : .debug, .sourceClosed,
            metadata: [LogKey.stream: "\(stream)", LogKey.minute: "\(due)", LogKey.outcome: "\(outcome.rawValue)"])
    }

    /// The newest entry with rows that is not older than the margin.
    func entry(for minute: Minute) async throws -> TapeEntry? {
        guard settings.every == .auto else {
            let oldest = Minute(containing: minute.start - settings.margin)
            return try await reader.newest(from: oldest, to: minute) { $0.rows != nil }
        }
        let oldest = Minute(containing: minute.start - Self.longestPace)
        let entry = try await reader.newest(from: oldest, to: minute) { $0.rows != nil }
        // A feed without a budget here, such as a sandbox's, is due every minute.
        return entry.flatMap { minute.start - max($0.next ?? $0.minute, $0.minute).start <= settings.margin ? $0 : nil }
    }

    /// The longest that a feed waits for its next fetch: the longest period of a budget.
    private static let longestPace: Duration = .seconds(366 * 86_400)

    /// Why there is no entry: the gap at the minute, or a gap that says that there is nothing.
    func reason(for minute: Minute) async throws -> Gap {
        let due = minute.floored(to: settings.period)
        let entry =
            try await settings.every == .auto
            ? reader.newest(1, to: StreamID(minute)).first : reader.entry(at: due)
        if let gap = entry?.gap {
            return Gap(code: gap.code, detail: "\(stream): \(gap.detail)")
        }
        if let newest = try await reader.newestID(), FutureEntryAlarm.isAhead(newest, now: clock.now) {
            return Gap(.noEntry, "\(stream): its newest entry, \(newest), lies in the future and keeps all others out")
        }
        return Gap(.noEntry, "\(stream): no rows within \(settings.margin) before the minute")
    }
}
