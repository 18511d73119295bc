import Basics
import ServiceLifecycle
import Tape
import Workers

/// Makes the present minute's list with the workers' own means: what an api does on demand.
///
/// Any number of replicas may do so at once, beside the workers: leases let one of them ask each provider, and a feed is
/// asked only when it is due. So a crowd that refreshes costs no more than the schedule.
struct Refresher: Sendable {
    private let feeds: [any MinuteSettling]
    private let list: any MinuteSettling
    private let clock: TapeClock

    /// The workers of the feeds, and then that of the list; nil without any.
    init?(_ workers: [any Service], clock: TapeClock) {
        let workers = workers.compactMap { $0 as? any MinuteSettling }
        guard let list = workers.last else { return nil }
        feeds = workers.dropLast()
        self.list = list
        self.clock = clock
    }

    func refresh() async throws {
        let minute = Minute(containing: clock.now)
        // One that fails does not cut the others short: their calls are spent.
        let outcomes = await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for feed in feeds {
                group.addTask { await Result { try await feed.settleDue(upTo: minute) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let isComplete = try outcomes.allSatisfy { try $0.get() }
        // A minute that a feed is not settled for is not joined: merging would wait for it, and close it in the end.
        _ = try await list.settleDue(upTo: isComplete ? minute : minute.advanced(byMinutes: -1))
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
