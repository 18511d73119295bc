import Basics
import Fetching
import Merging
import ServiceLifecycle
import Tape

/// Fills in the last minutes of a sandbox tape, oldest first: the sandbox can still tell them, no real provider could.
struct Backfill: Sendable {
    let fetchers: [FetchWorker]
    let mergers: [MergeWorker]
    let clock: TapeClock

    private static let minutes = 15
    /// The sandbox takes the minute from this header instead of its clock.
    private static let header = "X-Sandbox-Minute"

    /// Minutes that the streams have gone past are left as they are.
    func run() async throws {
        // Every stream's newest entry must be asked before its clock is trusted.
        for fetcher in fetchers { _ = try await fetcher.newestMinute() }
        var minute = Minute(containing: clock.now).advanced(byMinutes: -Self.minutes)
        while minute < Minute(containing: clock.now), !Task.isShuttingDownGracefully {
            try await fill(minute)
            for merger in mergers {
                while try await merger.settleNext(notAfter: minute) != nil {}
            }
            minute = minute.advanced(byMinutes: 1)
        }
    }

    private func fill(_ minute: Minute) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for fetcher in fetchers {
                group.addTask { try await fetcher.fill(minute, headers: [(Self.header, "\(minute)")]) }
            }
            try await group.waitForAll()
        }
    }
}
