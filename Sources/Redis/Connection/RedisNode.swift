import Basics
import NIOCore
import Synchronization

/// A server: one connection, whose commands it pipelines.
///
/// Connects when first asked. After a failure it tries again, asked or not, no sooner than a jittered backoff allows; until
/// then commands fail at once with `.unavailable`, so that a caller who has something better to do can go and do it.
///
/// Where Sentinels name the server, it is the primary, wherever that is: what the old one still owes a quarter of a second later
/// fails with `.connectionLost`. Nothing is sent again that may have run.
final class RedisNode: Sendable {
    let endpoint: RedisEndpoint
    private let name: String?
    private let timeout: Duration
    private let group: any EventLoopGroup
    let outage: RedisOutage
    /// nil unless Sentinels name the server.
    private let watch: SentinelWatch?
    /// Whether it is known to be one node of a cluster.
    private let isOfCluster: Bool
    private let state = Mutex(State())

    private struct State {
        var connection: RedisConnection?
        /// The outage's silences when the connection was opened.
        var silences = 0
        var attempt: Task<Result<RedisConnection, RedisError>, Never>?
        /// Where the attempt leads to, if Sentinels have named it.
        var opening: (server: RedisEndpoint.Address, attempt: RedisConnection.Attempt)?
        var backoff = Backoff()
        var retryAfter: ContinuousClock.Instant?
        var lastError: RedisError?
        var isClosed = false
        /// A try of its own is on its way.
        var isRetrying = false
        /// Why the last connection ended although Redis was still owed a reply, and how many outages had begun then.
        var loss: (error: RedisError, begun: Int?)?
        var opened = 0
    }

    /// For connecting, and for each step of the handshake.
    private static let longestConnect: Duration = .seconds(3)
    /// So long a server that is the primary no more may take for its last replies.
    private static let farewell: Duration = .milliseconds(250)

    /// Parameters as of `RedisClient`.
    init(
        _ endpoint: RedisEndpoint, name: String?, timeout: Duration, group: any EventLoopGroup, outage: RedisOutage,
        watch: SentinelWatch? = nil, isOfCluster: Bool = false
    ) {
        self.isOfCluster = isOfCluster
        self.endpoint = endpoint
        self.name = name
        self.timeout = timeout
        self.group = group
        self.outage = outage
        self.watch = watch
        watch?.follow(self)
    }

    /// As of `RedisClient`.
    var connections: Int { state.withLock(\.opened) }

    deinit {
        if state.withLock({ $0.lastError != nil }) { outage.ends(nil) }
    }

    /// Another one for the same server, with a connection of its own.
    func separate() -> RedisNode {
        RedisNode(
            endpoint, name: name, timeout: timeout, group: group, outage: outage, watch: watch, isOfCluster: isOfCluster
        )
    }

    /// The server itself: the endpoint, or the primary that Sentinels named last.
    var server: RedisEndpoint { watch?.current ?? endpoint }

    /// How many replicas the Sentinels know, those that are away included; nil without Sentinels.
    var knownReplicas: Int? { watch?.replicas }

    /// `complete` is called once, on the connection's event loop; where there is no connection, from any thread, or at once.
    ///
    /// An error reply is a failure; `script` is what the command runs, so that an error of its own names a line of it. A connection
    /// may have ended a moment ago, which shows only when a command cannot be sent on it: with `mayReconnect` that command goes out
    /// on the next one.
    func send(
        _ command: RedisCommand, running script: RedisScript?, timeout: Duration?, mayReconnect: Bool,
        _ complete: @escaping RedisCompletion
    ) {
        connected(for: command.name) { [self] connection in
            switch connection {
            case .failure(let error): complete(.failure(error))
            case .success(let connection):
                connection.send(command, timeout: timeout ?? self.timeout) { [self] result in
                    note(result, of: command, on: connection)
                    switch result {
                    case .success(.error(let text)):
                        let error = RedisError(serverError: text, command: command.name, running: script)
                        complete(.failure(isOfCluster ? error : error.hintingAtClusters))
                    case .failure(let error) where error.code == .unavailable && mayReconnect:
                        forget(connection)
                        send(command, running: script, timeout: timeout, mayReconnect: false, complete)
                    default: complete(result)
                    }
                }
            }
        }
    }

    /// Sends them on one connection, one right behind the other; `complete` has their replies in that order.
    ///
    /// An error reply is a value.
    func send(
        _ commands: [RedisCommand], timeout: Duration? = nil,
        _ complete: @escaping @Sendable ([Result<RedisReply, RedisError>]) -> Void
    ) {
        connected(for: commands[0].name) { [self] connection in
            switch connection {
            case .failure(let error): complete(commands.map { _ in .failure(error) })
            case .success(let connection):
                connection.send(commands, timeout: timeout ?? self.timeout) { [self] results in
                    for (command, result) in zip(commands, results) { note(result, of: command, on: connection) }
                    complete(results)
                }
            }
        }
    }

    private func forget(_ connection: RedisConnection) {
        state.withLock { state in
            if state.connection?.isSame(as: connection) == true { state.connection = nil }
        }
    }

    /// Takes over what a reply, or that there is none, says of the connection.
    private func note(
        _ result: Result<RedisReply, RedisError>, of command: RedisCommand, on connection: RedisConnection
    ) {
        switch result {
        case .success(.error(let text)):
            if RedisError(serverError: text, command: command.name).isReadOnly { noteReadOnly(connection) }
        case .success: break
        case .failure(let error):
            noteSilence(error, on: connection)
            if error.code == .connectionLost {
                let begun = outage.begun
                state.withLock { state in
                    guard state.connection?.isSame(as: connection) == true, state.loss == nil else { return }
                    state.loss = (error, begun)
                }
            }
        }
    }

    /// To be called when a server was found to be a replica where its primary is wanted: see `noteReadOnly`.
    func noteReplica() {
        if let connection = state.withLock(\.connection) { noteReadOnly(connection) }
    }

    /// A replica may be what was a primary: its name may lead to another server now, and is resolved when a connection is
    /// made.
    ///
    /// Where it still leads to a replica, it is asked once a second, so that those who only read are hardly hindered.
    private func noteReadOnly(_ connection: RedisConnection) {
        let isOld = state.withLock { state in
            guard state.connection?.isSame(as: connection) == true, .now - connection.opened > .seconds(1) else {
                return false
            }
            state.connection = nil
            return true
        }
        if isOld { connection.retire() }
    }

    /// To be called when the Sentinels name another primary: leaves the old one, and connects to the new one at once.
    func primaryHasMoved() {
        guard let address = watch?.current?.address else { return }
        let old = state.withLock { state -> RedisConnection? in
            if let opening = state.opening, opening.server != address { opening.attempt.abort() }
            let old = state.connection.flatMap { $0.server == address ? nil : $0 }
            guard old != nil || state.lastError != nil else { return nil }
            if old != nil { state.connection = nil }
            state.backoff.reset()
            state.retryAfter = nil
            _ = next(for: "connect", &state)
            return old
        }
        old?.retire(within: Self.farewell)
    }

    /// A Redis that does not answer in time is as good as away: the next connection to it tells that it is back.
    private func noteSilence(_ error: RedisError, on connection: RedisConnection) {
        guard error.code == .timeout else { return }
        let isFirst = state.withLock { state in
            // One that has been replaced meanwhile, or would have been by the next command, is no news.
            guard state.connection?.isSame(as: connection) == true else { return false }
            state.connection = nil
            guard !outage.isDoubtful(openedAfter: state.silences) else { return false }
            outage.fellSilent()
            defer { state.lastError = error }
            return state.lastError == nil
        }
        if isFirst { outage.begins(endpoint, error) }
        retryLater()
    }

    /// Connects again without being asked: a client that is seldom used would leave an outage untold as over.
    private func retryLater() {
        let wait = state.withLock { state -> Duration? in
            guard !state.isRetrying, !state.isClosed else { return nil }
            state.isRetrying = true
            return state.retryAfter.map { max(.milliseconds(10), $0 - .now) } ?? .milliseconds(10)
        }
        guard let wait else { return }
        Task { [weak self] in
            try? await Task.sleep(for: wait)
            guard let self else { return }
            self.state.withLock { $0.isRetrying = false }
            switch self.state.withLock({ self.next(for: "connect", &$0) }) {
            case .use: break
            // If it fails, it schedules the next one.
            case .await(let attempt): _ = await attempt.value
            // A caller came first, and could not connect either.
            case .fail: self.retryLater()
            }
        }
    }

    /// Closes for good.
    ///
    /// Commands fail from now on.
    func close() { end()?.close() }

    /// Closes for good, when the replies that are owed have come: another node of the `cluster` has this one's keys now.
    func leave(for cluster: RedisEndpoint) {
        let connection = end()
        connection?.retire(within: Self.farewell)
        let wasDown = state.withLock { state in
            defer { state.lastError = nil }
            return state.lastError != nil
        }
        if wasDown { outage.ends(cluster) }
    }

    private func end() -> RedisConnection? {
        state.withLock { state in
            state.isClosed = true
            defer { state.connection = nil }
            return state.connection
        }
    }

    /// Closes the connection, so that nobody waits for its replies; the next command opens another.
    func dropConnection() {
        let connection = state.withLock { state in
            defer { state.connection = nil }
            return state.connection
        }
        connection?.close()
    }

    private enum Step {
        case use(RedisConnection)
        case await(Task<Result<RedisConnection, RedisError>, Never>)
        case fail(RedisError)
    }

    /// Calls `use` at once where there is a connection already, or none to be had.
    private func connected(
        for command: String, _ use: @escaping @Sendable (Result<RedisConnection, RedisError>) -> Void
    ) {
        switch state.withLock({ next(for: command, &$0) }) {
        case .use(let connection): use(.success(connection))
        case .await(let attempt): Task { use(await attempt.value) }
        case .fail(let error): use(.failure(error))
        }
    }

    private func next(for command: String, _ state: inout State) -> Step {
        if state.isClosed { return .fail(RedisError(.unavailable, command: command, message: "the client is closed")) }
        if let connection = state.connection, connection.isActive {
            guard outage.isDoubtful(openedAfter: state.silences) else { return .use(connection) }
            connection.retire()
            state.connection = nil
        }
        if let attempt = state.attempt { return .await(attempt) }
        if let time = state.retryAfter, time > .now {
            let message = state.lastError?.message ?? "no connection to \(endpoint)"
            return .fail(RedisError(.unavailable, command: command, message: message))
        }
        let attempt = Task { await self.connect() }
        state.attempt = attempt
        return .await(attempt)
    }

    private func connect() async -> Result<RedisConnection, RedisError> {
        do throws(RedisConnection.OpenFailure) {
            let connection = try await open()
            let silences = outage.silences
            let (wasDown, loss, closed) = state.withLock { state in
                defer {
                    state.attempt = nil
                    state.opened += 1
                    state.loss = nil
                    state.connection = state.isClosed ? nil : connection
                    state.silences = silences
                    state.backoff.reset()
                    state.lastError = nil
                }
                return (state.lastError != nil, state.loss, state.isClosed)
            }
            if closed { connection.close() }
            // One that nobody uses at the moment shows only in this way that Redis has gone.
            connection.whenClosed { [weak outage] in outage?.serverMayHaveChanged() }
            // The watch may have told this client before it had this connection.
            primaryHasMoved()
            if wasDown {
                outage.ends(endpoint)
            } else if let loss, let begun = loss.begun, begun == outage.begun {
                outage.wasCut(endpoint, loss.error)
            }
            return .success(connection)
        } catch {
            if error.isSilence { outage.fellSilent() }
            let isFirst = state.withLock { state in
                state.attempt = nil
                guard !state.isClosed else { return false }
                defer {
                    state.retryAfter = .now + state.backoff.next()
                    state.lastError = error.error
                    state.loss = nil
                }
                return state.lastError == nil
            }
            if isFirst { outage.begins(endpoint, error.error) }
            retryLater()
            return .failure(error.error)
        }
    }

    private func open() async throws(RedisConnection.OpenFailure) -> RedisConnection {
        guard let watch else {
            return try await RedisConnection.open(
                endpoint, name: name, group: group, timeout: min(timeout, Self.longestConnect))
        }
        while true {
            let server: RedisEndpoint
            do throws(RedisError) {
                server = try await watch.primary()
            } catch {
                throw RedisConnection.OpenFailure(error: error, isSilence: false)
            }
            let attempt = RedisConnection.Attempt()
            state.withLock { $0.opening = (server.address, attempt) }
            defer { state.withLock { $0.opening = nil } }
            // A change that came before could not abort it.
            guard watch.current == server else { continue }
            do throws(RedisConnection.OpenFailure) {
                return try await RedisConnection.open(
                    server, name: name, group: group, timeout: min(timeout, Self.longestConnect), toPrimary: attempt)
            } catch {
                // Another server may have become the primary meanwhile.
                guard watch.current != server else { throw error }
            }
        }
    }
}
