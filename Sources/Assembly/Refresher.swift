import Basics
import Fetching
import Merging
import Tape

/// Makes the present minute's list with the workers' own means: what an api does on demand.
///
/// Any number of replicas may do so at once, beside the workers: leases let one of them ask each provider, and a feed is
/// asked only when it is due. So a crowd that refreshes costs no more than the schedule.
struct Refresher: Sendable {
    let fetchers: [FetchWorker]
    let merger: MergeWorker
    let clock: TapeClock

    func refresh() async throws {
        let isComplete = try await withThrowingTaskGroup(of: Bool.self) { group in
            for fetcher in fetchers { group.addTask { try await fetcher.settleIfDue() } }
            return try await group.reduce(true) { $0 && $1 }
        }
        let current = Minute(containing: clock.now)
        // A minute whose feeds begin too late for it is not joined: merging would wait for them to its end.
        let limit = isComplete ? current : current.advanced(byMinutes: -1)
        while try await merger.settleNext(notAfter: limit) != nil {}
    }
}
