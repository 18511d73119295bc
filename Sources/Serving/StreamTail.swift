import Basics
import Logging
import Logs
import Redis
import Tape

/// Follows a stream: starts with its newest entry, then shows every entry that arrives.
///
/// Every replica reads every entry; there is no consumer group, and nothing to acknowledge.
struct StreamTail: Sendable {
    let reader: StreamReader
    /// Uses a connection of its own, because it blocks.
    let waiting: StreamReader
    let clock: TapeClock
    let logger: Logger

    /// Runs until cancelled.
    ///
    /// `start` shows the newest suitable entry at or below the id; `show` is called for each new entry, including gaps. If one of
    /// them throws, it is retried.
    func run(
        start: (StreamID) async throws -> Void, show: (TapeEntry) async throws -> Void
    ) async {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(2))
        var last: StreamID?
        var alarm = reader.alarm(logger)
        while !Task.isCancelled {
            do {
                if last == nil, let top = try await reader.newestID() {
                    // An entry of the future hides new entries; until it is removed, the present is checked repeatedly.
                    let isAhead = alarm.check(top, now: clock.now)
                    try await start(isAhead ? StreamID(Minute(containing: clock.now)) : top)
                    guard !isAhead else {
                        try await clock.sleep(for: .seconds(2))
                        continue
                    }
                    last = top
                }
                // If the stream was empty, every entry is new.
                for entry in try await waiting.next(100, after: last, waiting: .seconds(5)) {
                    guard !FutureEntryAlarm.isAhead(entry.id, now: clock.now) else {
                        last = nil
                        break
                    }
                    try await show(entry)
                    last = entry.id
                }
                backoff.reset()
            } catch is CancellationError {
                return
            } catch {
                logger.retries(after: error, isFirst: backoff.isFresh)
                // The stream may have been emptied in the meantime, so start again.
                last = nil
                guard (try? await reader.sleep(for: backoff.next())) != nil else { return }
            }
        }
    }
}
