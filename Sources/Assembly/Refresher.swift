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
        let minute = Minute(containing: clock.now)
        // One that fails does not cut the others short: their calls are spent.
        let outcomes = await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for fetcher in fetchers {
                group.addTask { await Result { try await fetcher.settleIfDue(for: minute) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let isComplete = try outcomes.allSatisfy { try $0.get() }
        // A minute that a feed is not settled for is not joined: merging would wait for it, and close it in the end.
        let limit = isComplete ? minute : minute.advanced(byMinutes: -1)
        while try await merger.settleNext(notAfter: limit) != nil {}
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
