import Basics
import Logging
import Logs
import Synchronization
import Tape

/// Has lists made for requests that find none, or only an old one.
///
/// Requests only leave a wish; the work is this service's, so that it goes on when a client goes away.
final class OnDemand: Sendable {
    /// How long a request waits for the very first list.
    static let patience: Duration = .seconds(10)

    private let policy: Mutex<OnDemandPolicy>
    private let refresh: @Sendable () async throws -> Void
    private let clock: TapeClock
    private let logger: Logger
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    /// `refresh` settles the present minute with the workers' own means.
    init(
        olderThan: Duration, clock: TapeClock, logger: Logger, refresh: @escaping @Sendable () async throws -> Void
    ) {
        policy = Mutex(OnDemandPolicy(olderThan: olderThan))
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
        for await _ in wishes {
            var isWell = false
            do {
                try await refresh()
                isWell = true
            } catch {
                logger.warning(.onDemandFailed, metadata: [LogKey.error: "\(error)"])
            }
            policy.withLock { $0.end(well: isWell, now: clock.now) }
        }
    }
}
