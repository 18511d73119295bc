import Basics
import Logging
import Logs
import Redis
import Synchronization
import Tape

/// Has lists made for requests that find none, or only an old one.
///
/// Requests only leave a wish; the work is this service's, so that it goes on when a client goes away.
final class OnDemand: Sendable {
    /// How long a request waits for the very first list.
    static let patience: Duration = .seconds(10)

    private let policy: Mutex<OnDemandPolicy>
    private let newest: NewestList
    private let refresh: @Sendable () async throws -> Void
    private let clock: TapeClock
    private let logger: Logger
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    /// `refresh` settles the present minute with the workers' own means.
    init(
        olderThan: Duration, newest: NewestList, clock: TapeClock, logger: Logger,
        refresh: @escaping @Sendable () async throws -> Void
    ) {
        policy = Mutex(OnDemandPolicy(olderThan: olderThan))
        self.newest = newest
        self.refresh = refresh
        self.clock = clock
        self.logger = logger
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Says which list a request found; returns at once.
    func found(_ newest: Minute?) {
        let begins = policy.withLock { $0.begins(newest: newest, now: clock.now) }
        if begins { wish.yield() }
    }

    /// Runs until cancelled.
    func run() async {
        var hasFailed = false
        for await _ in wishes {
            do {
                try await refresh()
                hasFailed = false
            } catch {
                guard !Task.isCancelled else { return }
                // Once, not once a second; that Redis is away is told by its client.
                let isTold = hasFailed || (error as? RedisError)?.isTransient == true
                logger.log(
                    level: isTold ? .debug : .warning, .onDemandFailed, metadata: [LogKey.error: "\(error)"])
                hasFailed = true
            }
            // A list that was made is shown a moment later; when there is none, nobody need wait for it any longer.
            _ = await newest.first(within: .seconds(2))
            policy.withLock { $0.end(well: !hasFailed, now: clock.now) }
            newest.disappoint()
        }
    }
}
