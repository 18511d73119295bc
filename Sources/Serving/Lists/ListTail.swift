import Basics
import Logging
import Logs
import Tape

/// Keeps the newest list: finds it at start, then follows the index of lists.
///
/// Every replica reads every entry; there is no group, and nothing to acknowledge.
struct ListTail: Sendable {
    let newest: NewestList
    let loader: ListLoader
    let reader: StreamReader
    /// Has a connection of its own: it waits.
    let waiting: StreamReader
    let clock: TapeClock
    let logger: Logger

    /// Runs until cancelled.
    func run() async {
        var backoff = Backoff(base: .milliseconds(100), maximum: .seconds(2))
        var last: StreamID?
        while !Task.isCancelled {
            do {
                if last == nil { last = try await start() }
                // With an empty stream everything that comes is new.
                for entry in try await waiting.next(100, after: last, waiting: .seconds(5)) {
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

    /// Shows the newest list there is; returns the newest id.
    private func start() async throws -> StreamID? {
        guard let top = try await reader.newestID() else { return nil }
        let epoch = Minute(containing: Timestamp(milliseconds: 0))
        if let entry = try await reader.newest(from: epoch, to: top.minute, batch: 100, where: { $0.gap == nil }) {
            try await show(entry)
        }
        return top
    }

    private func show(_ entry: TapeEntry) async throws {
        guard entry.gap == nil else { return }
        do {
            guard let list = try await loader.list(for: entry) else { return }
            newest.offer(list)
        } catch let error as ListLoader.Malformed {
            logger.error(.listUnreadable, metadata: [LogKey.detail: "\(error)"])
        }
    }
}
