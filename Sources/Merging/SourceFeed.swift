import Basics
import Logging
import Logs
import Redis
import Tape

/// One stream of a source, as the join of a minute sees it.
struct SourceFeed: Sendable {
    let settings: SourceSettings
    let stream: String
    let reader: StreamReader
    /// Has a connection of its own: it waits.
    let waiting: StreamReader
    let publisher: Publisher
    let clock: TapeClock
    let logger: Logger

    /// Returns when what the stream has for the minute cannot change any more.
    ///
    /// That is so when it has an entry at or behind the newest minute that the feed was due at. At `deadline` that minute
    /// is closed with a gap: from then on every replica joins the same entries.
    func settled(for minute: Minute, deadline: Timestamp) async throws {
        let due = minute.floored(to: settings.every)
        if try await !isReached(due, by: deadline) { try await close(due, for: minute) }
    }

    /// Whether the stream comes to the minute in time.
    private func isReached(_ due: Minute, by deadline: Timestamp) async throws -> Bool {
        while true {
            // A wait may begin just after the task was cancelled, and then no connection is there to be cut.
            // (Swift 6.3 cannot optimise checkCancellation() in a loop beside typed errors.)
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

    /// Its newest entry with rows that is not older than the margin.
    func entry(for minute: Minute) async throws -> TapeEntry? {
        let oldest = Minute(containing: minute.start - settings.margin)
        return try await reader.newest(from: oldest, to: minute) { $0.rows != nil }
    }

    /// Why there is no entry: the gap at the minute, or that there is nothing.
    func reason(for minute: Minute) async throws -> Gap {
        let due = minute.floored(to: settings.every)
        if let gap = try await reader.entry(at: due)?.gap {
            return Gap(code: gap.code, detail: "\(stream): \(gap.detail)")
        }
        if let newest = try await reader.newestID(), FutureEntryAlarm.isAhead(newest, now: clock.now) {
            return Gap(.noEntry, "\(stream): its newest entry, \(newest), lies in the future and keeps all others out")
        }
        return Gap(.noEntry, "\(stream): no rows within \(settings.margin) before the minute")
    }
}
