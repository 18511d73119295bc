import Basics
package import Logging
import Logs
package import NIOCore
import Synchronization

/// Follows a primary that Sentinels name: asks each of them four times a second, and moves the clients when it has changed.
///
/// It asks and does not subscribe to `+switch-master`: a message may be missed, so that asking would be needed too, and a
/// Sentinel answers long before it sends that message (1.1 s against 2.2 s after SENTINEL FAILOVER). A question costs both sides
/// about 30 µs.
package final class SentinelWatch: Sendable {
    private struct State {
        var view: SentinelView
        var current: SentinelView.Answer?
        var followers: [Weak] = []
        var tasks: [Task<Void, Never>] = []
    }

    private struct Weak: Sendable {
        weak var client: RedisNode?
    }

    private static let period: Duration = .milliseconds(250)
    /// For connecting to a Sentinel and for its answer.
    private static let timeout: Duration = .seconds(1)
    /// For the first answers: a Sentinel that is away must not hold up the start.
    private static let patience: Duration = .milliseconds(500)

    private let endpoint: RedisEndpoint
    private let primaryName: String
    private let sentinels: [RedisEndpoint]
    private let name: String?
    private let group: any EventLoopGroup
    private let logger: Logger
    private let state: Mutex<State>
    /// Opens when each has answered, or failed to, or the patience is over.
    private let isComplete = Latch()

    /// Returns nil if the endpoint is not one that Sentinels name; starts to ask when the primary is first wanted.
    ///
    /// `name` is told to the Sentinels (CLIENT SETNAME). A change of the primary, and a Sentinel that is away, are logged.
    package init?(_ endpoint: RedisEndpoint, name: String?, group: any EventLoopGroup, logger: Logger) {
        guard case .sentinel(let primary, let sentinels) = endpoint.address else { return nil }
        self.endpoint = endpoint
        primaryName = primary
        self.sentinels = sentinels
        self.name = name
        self.group = group
        self.logger = logger
        state = Mutex(State(view: SentinelView(count: sentinels.count)))
    }

    deinit {
        for task in state.withLock(\.tasks) { task.cancel() }
    }

    /// The primary as the Sentinels last named it; nil before their first answer.
    package var current: RedisEndpoint? { state.withLock(\.current).map { endpoint.at($0.primary) } }

    /// How many replicas the Sentinels know, those that are away included; nil before their first answer.
    package var replicas: Int? { state.withLock(\.current)?.replicas }

    /// Where to connect to; waits for the first answers, for at most half a second.
    ///
    /// Throws `.unavailable` if no Sentinel has ever answered.
    func primary() async throws(RedisError) -> RedisEndpoint {
        start()
        await isComplete.wait()
        if let current { return current }
        let failures = state.withLock(\.view.failures)
        let words = failures.isEmpty ? "no Sentinel has answered yet" : failures.joined(separator: "; ")
        throw RedisError(.unavailable, command: "connect", message: "\(primaryName): \(words)")
    }

    /// The client is told of a change for as long as it lives.
    func follow(_ client: RedisNode) {
        state.withLock { state in
            state.followers.removeAll { $0.client == nil }
            state.followers.append(Weak(client: client))
        }
    }

    private func start() {
        state.withLock { state in
            guard state.tasks.isEmpty else { return }
            state.tasks = sentinels.enumerated().map { index, sentinel in
                let (name, group, primary) = (name, group, primaryName)
                return Task { [weak self] in
                    var connection: RedisConnection?
                    defer { connection?.close() }
                    var backoff = Backoff(base: Self.period * 2, maximum: .seconds(2))
                    while !Task.isCancelled {
                        let answer = await Self.ask(sentinel, of: primary, &connection, name, group)
                        guard self?.note(answer, from: index) != nil else { return }
                        switch answer {
                        case .success:
                            backoff.reset()
                            try? await Task.sleep(for: Self.period)
                        case .failure: try? await Task.sleep(for: backoff.next())
                        }
                    }
                }
            }
            state.tasks.append(
                Task { [weak self] in
                    try? await Task.sleep(for: Self.patience)
                    self?.isComplete.open()
                })
        }
    }

    private typealias Answer = Result<SentinelView.Answer, RedisError>

    /// Asks on the connection, or on a new one; afterwards it is nil if it is of no use any more.
    private static func ask(
        _ sentinel: RedisEndpoint, of primary: String, _ connection: inout RedisConnection?, _ name: String?,
        _ group: any EventLoopGroup
    ) async -> Answer {
        do throws(RedisError) {
            let open: RedisConnection
            if let known = connection, known.isActive {
                open = known
            } else {
                do throws(RedisConnection.OpenFailure) {
                    open = try await RedisConnection.open(sentinel, name: name, group: group, timeout: timeout)
                } catch {
                    throw error.error
                }
            }
            connection = open
            let questions = [
                RedisCommand("SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary),
                RedisCommand("SENTINEL", "MASTER", primary),
            ]
            let replies = await withUnsafeContinuation { continuation in
                open.send(questions, timeout: timeout) { continuation.resume(returning: $0) }
            }
            return .success(
                try SentinelView.Answer(address: replies[0].get(), state: replies[1].get(), of: primary))
        } catch {
            if error.isOutage {
                connection?.close()
                connection = nil
            }
            return .failure(error)
        }
    }

    private func note(_ answer: Answer, from index: Int) {
        let sentinel = "\(sentinels[index])"
        switch answer {
        case .success(let answer):
            if state.withLock({ $0.view.note(answer, from: index) }) {
                logger.notice(.sentinelBack, metadata: [LogKey.sentinel: "\(sentinel)"])
            }
        case .failure(let error):
            let isLogin = error.code == .server("NOAUTH") || error.code == .server("WRONGPASS")
            let words = error.message + (isLogin ? "; its password is redis.sentinel.password" : "")
            // Who cannot connect names the address already.
            let failure = words.hasPrefix(sentinel) ? words : "\(sentinel): \(words)"
            if state.withLock({ $0.view.note(failure: failure, of: index) }) {
                logger.warning(
                    .sentinelLost, metadata: [LogKey.sentinel: "\(sentinel)", LogKey.error: "\(words)"])
            }
        }
        let (move, isComplete) = state.withLock { state in
            let (before, now) = (state.current, state.view.newest)
            state.current = now
            let hasMoved = now != nil && before?.primary != now?.primary
            return (hasMoved ? (before, now, state.followers) : nil, state.view.isComplete)
        }
        if isComplete { self.isComplete.open() }
        guard case (let before, let now?, let followers)? = move else { return }
        if let before {
            logger.notice(
                .redisMoved,
                metadata: [
                    LogKey.redis: "\(endpoint.at(now.primary))",
                    LogKey.detail: "the primary \(primaryName) was \(endpoint.at(before.primary))",
                ])
        }
        for follower in followers { follower.client?.primaryHasMoved() }
    }
}
