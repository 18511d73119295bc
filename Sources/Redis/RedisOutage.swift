import Basics
package import Logging
import Logs
import Synchronization

/// Tells once that Redis is away and once that it is back, for all clients of a worker together.
///
/// It is away from the first client that cannot connect until each that could not has connected again: one client that
/// has a connection says nothing about another that is refused.
package final class RedisOutage: Sendable {
    private let logger: Logger
    private let state = Mutex(State())

    private struct State {
        var failing = 0
        var since: ContinuousClock.Instant?
        var reconnects = 0
    }

    package init(logger: Logger) {
        self.logger = logger
    }

    /// Whether no client fails to connect.
    package var isOver: Bool { state.withLock { $0.failing == 0 } }

    /// How often a client that had failed has connected again.
    package var reconnects: Int { state.withLock(\.reconnects) }

    /// To be called once when a client begins to fail.
    func begins(_ endpoint: RedisEndpoint, _ error: RedisError) {
        let isFirst = state.withLock { state in
            state.failing += 1
            if state.failing == 1 { state.since = .now }
            return state.failing == 1
        }
        guard isFirst else { return }
        logger.warning(.redisLost, metadata: [LogKey.redis: "\(endpoint)", LogKey.error: "\(error.message)"])
    }

    /// To be called once when that client has connected; nil for one that has gone without.
    func ends(_ endpoint: RedisEndpoint?) {
        let began = state.withLock { state -> ContinuousClock.Instant? in
            state.failing -= 1
            if endpoint != nil { state.reconnects += 1 }
            return state.failing == 0 ? state.since : nil
        }
        guard let began, let endpoint else { return }
        let duration = (ContinuousClock.now - began).milliseconds
        logger.notice(.redisBack, metadata: [LogKey.redis: "\(endpoint)", LogKey.duration: "\(duration)"])
    }
}
