import Basics
import Logging
import Logs
import Redis
import Synchronization
import Tape

/// Makes lists for requests that find none, or only an old one.
///
/// Requests only signal a wish; this service does the work, so that it continues if a client disconnects.
final class OnDemand: Sendable {
    /// How long a request waits for the very first list.
    static let patience: Duration = .seconds(10)

    /// nil after `run` has ended.
    private let policy: Mutex<OnDemandPolicy?>
    private let newest: NewestList
    private let refresh: @Sendable () async throws -> Void
    private let clock: TapeClock
    private let logger: Logger
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    /// `refresh` settles the present minute in the same way as the workers.
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

    /// Reports which list a request found, without waiting; returns whether a newer one is being made.
    func found(_ newest: Minute?) -> Bool {
        let (begins, isFlying) = policy.withLock { policy in
            (policy?.begins(newest: newest, now: clock.now) ?? false, policy?.isFlying ?? false)
        }
        if begins { wish.yield() }
        return isFlying
    }

    /// Runs until cancelled.
    func run() async {
        defer {
            policy.withLock { $0 = nil }
            newest.failWaiters()
        }
        var isTold = false
        for await _ in wishes {
            var isWell = false
            do {
                try await refresh()
                (isWell, isTold) = (true, false)
            } catch {
                guard !Task.isCancelled else { return }
                // Logged once, not once a second; an outage of Redis is logged by its client.
                let isQuiet = isTold || (error as? RedisError)?.isOutage == true
                logger.log(
                    level: isQuiet ? .debug : .warning, .onDemandFailed, metadata: [LogKey.error: "\(error)"])
                if !isQuiet { isTold = true }
            }
            // A new list becomes visible a moment later; if there is none, nobody needs to wait any longer.
            _ = await newest.first(within: .seconds(2))
            policy.withLock { $0?.end(well: isWell, now: clock.now) }
            newest.failWaiters()
        }
    }
}
