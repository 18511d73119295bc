import Basics
import Fetching
import Logging
import Logs
import Merging
import ServiceLifecycle
import Tape

/// Starts a new sandbox tape with its present minute, at once and at any second, and with the minutes before it.
///
/// The sandbox can still deliver past minutes; real providers cannot.
///
/// A stream only accepts rising minutes, so the present minute is published after the past ones. It is fetched in the meantime,
/// and the past is small: only the top of the market, at a fiftieth of the cost of a whole list.
struct Backfill: Sendable {
    let fetchers: [FetchWorker]
    /// They merge the fetched feeds; without mergers, the past is not needed.
    let mergers: [MergeWorker]
    let clock: TapeClock

    private static let minutes = 2
    /// Headers that tell the sandbox which minute to deliver instead of its clock's, and how large its market is.
    private static let (minuteHeader, topHeader) = ("X-Sandbox-Minute", "X-Sandbox-Top")
    private static let assets = 400

    /// Returns when the feeds also have the present minute.
    ///
    /// Does nothing if a stream has entries, because a small list after a whole one would be rejected as implausible.
    func run() async throws {
        // The reply for each stream's newest entry sets the clock, so all are read before the clock is used.
        var isNew = true
        for fetcher in fetchers where try await fetcher.newestMinute() != nil { isNew = false }
        guard isNew, !fetchers.isEmpty else { return }
        let present = Minute(containing: clock.now)
        let past = Task { try await fillPast(before: present) }
        try await withTaskCancellationHandler {
            // The present minute is published even if the past failed.
            try await fill(present, []) { _ = await past.result }
            try await past.value
        } onCancel: {
            past.cancel()
        }
    }

    private func fillPast(before present: Minute) async throws {
        for ago in (1...Self.minutes).reversed() where !mergers.isEmpty {
            let minute = present.advanced(byMinutes: -ago)
            try await fill(minute, [(Self.topHeader, "\(Self.assets)")]) {}
            for merger in mergers {
                _ = try await merger.settleDue(upTo: minute)
            }
        }
    }

    private func fill(
        _ minute: Minute, _ headers: [(name: String, value: String)],
        publishingAfter: @escaping @Sendable () async -> Void
    ) async throws {
        let headers = headers + [(Self.minuteHeader, "\(minute)")]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fetcher in fetchers {
                group.addTask { try await fetcher.fill(minute, headers: headers, publishingAfter: publishingAfter) }
            }
            try await group.waitForAll()
        }
    }
}

/// Fills in the minutes before the workers' start, then lets the workers start.
struct Fill: Service {
    let backfill: Backfill
    let begins: Latch
    let ends: Latch
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                await begins.wait()
                try await backfill.run()
            }
        } catch {
            guard !isEnding else { return }
            // The past is optional; the present works without it.
            logger.warning(.backfillFailed, metadata: [LogKey.error: "\(error)"])
        }
        guard !isEnding else { return }
        ends.open()
        // A service that ends early would end the whole group.
        try? await gracefulShutdown()
    }

    private var isEnding: Bool { Task.isShuttingDownGracefully || Task.isCancelled }
}
