import Basics
import Logging
import Logs
import Redis
import Tape

/// Follows a stream: begins with what is there, then shows every entry that comes.
///
/// Every replica reads every entry; there is no group, and nothing to acknowledge.
struct StreamTail: Sendable {
    let reader: StreamReader
    /// Has a connection of its own: it waits.
    let waiting: StreamReader
    let clock: TapeClock
    let logger: Logger

    /// Runs until cancelled.
    ///
    /// `start` shows the newest entry at or below the id that is worth it; `show` is called for each that comes, gaps included.
    /// What they throw is tried again.
    func run(
        start: (StreamID) async throws -> Void, show: (TapeEntry) async throws -> Void
    ) async {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(2))
        var last: StreamID?
        var news = FutureEntryAlarm(stream: reader.key, logger: logger)
        while !Task.isCancelled {
            do {
                if last == nil, let top = try await reader.newestID() {
                    // What is dated in the future hides whatever comes: until it is mended, now is looked at again and again.
                    let isAhead = news.look(at: top, now: clock.now)
                    try await start(isAhead ? StreamID(Minute(containing: clock.now)) : top)
                    guard !isAhead else {
                        try await clock.sleep(for: .seconds(2))
                        continue
                    }
                    last = top
                }
                // With an empty stream everything that comes is new.
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
                // The stream may have been emptied meanwhile: look again from the beginning.
                last = nil
                guard (try? await clock.sleep(for: backoff.next())) != nil else { return }
            }
        }
    }
}
