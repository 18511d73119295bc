import Basics
package import Logging
import Logs
import Synchronization

/// Tells once that Redis is away and once that it is back, for all clients of a worker together.
///
/// It is away from the first client that cannot connect until each that could not has connected again: one client that
/// has a connection says nothing about another that is refused.
///
/// Where one client heard nothing, connections that the others had then are doubtful once it is back: where packets were
/// lost TCP sends again only after pauses that double (RFC 6298, 5.5), and a command would wait for that although a new
/// connection answers at once.
package final class RedisOutage: Sendable {
    private let logger: Logger
    private let state = Mutex(State())
    /// As many silences as were over with the last outage; beside the lock, for each command asks.
    private let pastSilences = Atomic(0)

    private struct State {
        var failing = 0
        var begun = 0
        var since: ContinuousClock.Instant?
        var reconnects = 0
        var silences = 0
        var quietUntil: ContinuousClock.Instant?
        var sleepers: [Int: (task: Task<Void, Never>, watches: Bool)] = [:]
        var slept = 0
    }

    /// For so long connections that are cut are told once.
    private static let quiet: Duration = .seconds(10)

    /// The logger gets a warning when an outage begins, and a notice when it ends.
    package init(logger: Logger) {
        self.logger = logger
    }

    /// Whether no client fails to connect.
    package var isOver: Bool { state.withLock { $0.failing == 0 } }

    /// How often a client that had failed has connected again.
    package var reconnects: Int { state.withLock(\.reconnects) }

    /// To be called when a client hears nothing in time: no reply, or no answer to its wish to connect.
    func fellSilent() { state.withLock { $0.silences += 1 } }

    /// How often that was; to be kept with each connection that is opened.
    var silences: Int { state.withLock(\.silences) }

    /// Whether there was a silence, now over, after a connection was opened: what `silences` was then.
    func isDoubtful(openedAfter silences: Int) -> Bool { silences < pastSilences.load(ordering: .relaxed) }

    /// To be called once when a client begins to fail.
    func begins(_ endpoint: RedisEndpoint, _ error: RedisError) {
        let isFirst = state.withLock { state in
            state.failing += 1
            guard state.failing == 1 else { return false }
            state.since = .now
            state.begun += 1
            return true
        }
        guard isFirst else { return }
        logger.warning(.redisLost, metadata: [LogKey.redis: "\(endpoint)", LogKey.error: "\(error.message)"])
    }

    /// How many outages have begun; nil while one is under way.
    ///
    /// The same number at two times says that Redis was not away in between.
    var begun: Int? { state.withLock { $0.failing == 0 ? $0.begun : nil } }

    /// To be called when a client has connected again at once after its connection was lost on a command: Redis was not away,
    /// so that the command may be what it closed the connection for.
    func wasCut(_ endpoint: RedisEndpoint, _ error: RedisError) {
        let isQuiet = state.withLock { state in
            if let until = state.quietUntil, until > .now { return true }
            state.quietUntil = .now + Self.quiet
            return false
        }
        logger.log(
            level: isQuiet ? .debug : .warning, .redisCut,
            metadata: [LogKey.redis: "\(endpoint)", LogKey.error: "\(error.message)"])
    }

    /// Returns after the duration, and sooner if an outage ends meanwhile; throws if the task is cancelled.
    ///
    /// Who `watches` also wakes when a connection ends.
    func sleep(for duration: Duration, watches: Bool) async throws(CancellationError) {
        let sleep = Task { _ = try? await Task.sleep(for: duration) }
        let number = state.withLock { state in
            defer { state.slept += 1 }
            state.sleepers[state.slept] = (sleep, watches)
            return state.slept
        }
        await withTaskCancellationHandler {
            await sleep.value
        } onCancel: {
            sleep.cancel()
        }
        state.withLock { _ = $0.sleepers.removeValue(forKey: number) }
        if Task.isCancelled { throw CancellationError() }
    }

    /// To be called when a connection has ended: wakes those who watch.
    func serverMayHaveChanged() {
        for sleeper in state.withLock(\.sleepers).values where sleeper.watches { sleeper.task.cancel() }
    }

    /// To be called once when that client has connected; nil for one that has gone without.
    func ends(_ endpoint: RedisEndpoint?) {
        let began = state.withLock { state -> ContinuousClock.Instant? in
            state.failing -= 1
            if state.failing == 0 { for sleeper in state.sleepers.values { sleeper.task.cancel() } }
            guard endpoint != nil else { return nil }
            state.reconnects += 1
            guard state.failing == 0 else { return nil }
            pastSilences.store(state.silences, ordering: .relaxed)
            return state.since
        }
        guard let began, let endpoint else { return }
        let duration = (ContinuousClock.now - began).milliseconds
        logger.notice(.redisBack, metadata: [LogKey.redis: "\(endpoint)", LogKey.duration: "\(duration)"])
    }
}
