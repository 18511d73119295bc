import Basics
import ServiceLifecycle
import Tape
import Workers

/// Makes the present minute's list on demand, in the same way as the workers.
///
/// Any number of replicas may do so at once, beside the workers: leases let only one of them call each provider, and a feed is
/// only fetched when it is due. So many refreshes cost no more than the schedule.
struct Refresher: Sendable {
    private let feeds: [any MinuteSettling]
    private let list: any MinuteSettling
    private let clock: TapeClock

    /// The feeds' workers, followed by that of the list; nil if there are none.
    init?(_ workers: [any Service], clock: TapeClock) {
        let workers = workers.compactMap { $0 as? any MinuteSettling }
        guard let list = workers.last else { return nil }
        feeds = workers.dropLast()
        self.list = list
        self.clock = clock
    }

    func refresh() async throws {
        let minute = Minute(containing: clock.now)
        // A failure does not cancel the others, because their calls are already paid for.
        let outcomes = await withTaskGroup(of: Result<Bool, any Error>.self) { group in
            for feed in feeds {
                group.addTask { await Result { try await feed.settleDue(upTo: minute) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let isComplete = try outcomes.allSatisfy { try $0.get() }
        // If a feed is not settled for the minute, the minute is not joined: merging would wait for it, and finally close it with
        // a gap.
        _ = try await list.settleDue(upTo: isComplete ? minute : minute.advanced(byMinutes: -1))
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
