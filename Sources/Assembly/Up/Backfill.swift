import Basics
import Fetching
import Logging
import Logs
import Merging
import ServiceLifecycle
import Tape

/// Begins a new sandbox tape: with its present minute, at once and whatever the second, and with the minutes before it.
///
/// The sandbox can still tell these; no real provider could.
///
/// A stream takes only rising minutes, so the present one has to wait for the past to be published. It is fetched meanwhile,
/// and the past is small: the top of the market, at a fiftieth of a whole list's cost.
struct Backfill: Sendable {
    let fetchers: [FetchWorker]
    /// Of what is fetched; without any, nobody needs the past.
    let mergers: [MergeWorker]
    let clock: TapeClock

    private static let minutes = 2
    /// The sandbox takes the minute from the one header instead of its clock, and the size of its market from the other.
    private static let (minuteHeader, topHeader) = ("X-Sandbox-Minute", "X-Sandbox-Top")
    private static let assets = 400

    /// Returns when the feeds have the present minute too.
    ///
    /// Leaves streams alone that have entries: behind a whole list a small one would not be believed.
    func run() async throws {
        // Every stream's newest entry must be asked before its clock is trusted.
        var isNew = true
        for fetcher in fetchers where try await fetcher.newestMinute() != nil { isNew = false }
        guard isNew, !fetchers.isEmpty else { return }
        let present = Minute(containing: clock.now)
        let past = Task { try await fillPast(before: present) }
        try await withTaskCancellationHandler {
            // What became of the past is nothing to the present.
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

/// Fills the minutes before the workers' start, and has the workers start then.
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
            // The past is a courtesy; the present works without it.
            logger.warning(.backfillFailed, metadata: [LogKey.error: "\(error)"])
        }
        guard !isEnding else { return }
        ends.open()
        // Ending early would end the whole group.
        try? await gracefulShutdown()
    }

    private var isEnding: Bool { Task.isShuttingDownGracefully || Task.isCancelled }
}
