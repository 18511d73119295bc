import Basics
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One open channel to Redis, authenticated, on the right database.
struct RedisConnection: Sendable {
    private let channel: any Channel
    private let queue: CommandQueue
    private let handler: NIOLoopBound<RedisChannelHandler>

    /// Where it leads to.
    let server: RedisEndpoint.Address
    let opened = ContinuousClock.now

    var isActive: Bool { channel.isActive && !queue.isClosed }

    func isSame(as other: RedisConnection) -> Bool { channel === other.channel }

    /// Why there is none.
    struct OpenFailure: Error {
        let error: RedisError
        /// Nothing was heard in time, not even a refusal.
        let isSilence: Bool
    }

    /// A connection that is being opened.
    final class Attempt: Sendable {
        private let state = Mutex<(channel: (any Channel)?, isOver: Bool)>((nil, false))

        /// Makes it fail at once.
        func abort() {
            let channel = state.withLock { state in
                state.isOver = true
                return state.channel
            }
            channel?.close(promise: nil)
        }

        fileprivate func begins(_ channel: any Channel) {
            let isOver = state.withLock { state in
                state.channel = channel
                return state.isOver
            }
            if isOver { channel.close(promise: nil) }
        }
    }

    /// Connects and shakes hands; each step has the deadline.
    ///
    /// With an `attempt`, which can cut it short, it fails unless the server says that it is a primary (ROLE), as clients of
    /// Sentinels are to ask; a user who may not ask goes without.
    static func open(
        _ endpoint: RedisEndpoint, name: String?, group: any EventLoopGroup, timeout: Duration,
        toPrimary attempt: Attempt? = nil
    ) async throws(OpenFailure) -> RedisConnection {
        let connection: RedisConnection
        do {
            connection = try await connect(endpoint, group: group, timeout: timeout, attempt)
        } catch {
            let isSilence = isTimeout(error) || error is HandshakeTimeout
            let reason =
                switch error {
                case is HandshakeTimeout:
                    "no TLS handshake within \(timeout.short); does this port speak TLS? In plain text the URL begins with redis, not rediss"
                case _ where isSilence: "no connection within \(timeout.short)"
                default: reason(of: error)
                }
            throw OpenFailure(
                error: RedisError(.unavailable, command: "connect", message: "\(endpoint): \(reason)"),
                isSilence: isSilence)
        }
        do throws(RedisError) {
            try await connection.shakeHands(endpoint, name: name, timeout: timeout)
            if attempt != nil { try await connection.requirePrimary(endpoint, timeout) }
            return connection
        } catch {
            connection.close()
            let hasReplied = (try? await connection.hasReplied.get()) ?? false
            // A TLS port takes plain text for a broken handshake, and closes without a word.
            let isQuestion = !hasReplied && error.code == .connectionLost && endpoint.mayHaveTLS
            throw OpenFailure(error: isQuestion ? error.askingForTLS : error, isSilence: error.code == .timeout)
        }
    }

    /// Whether a reply has come.
    private var hasReplied: EventLoopFuture<Bool> { channel.eventLoop.submit { handler.value.hasReplied } }

    func send(_ command: RedisCommand, timeout: Duration, _ complete: @escaping RedisCompletion) {
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        enqueue { batch in batch.append(command, by: deadline, complete) }
    }

    /// Sends them, one right behind the other; their replies in that order.
    func send(
        _ commands: [RedisCommand], timeout: Duration,
        _ complete: @escaping @Sendable ([Result<RedisReply, RedisError>]) -> Void
    ) {
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        // Replies come in order, and so do failures: all are known when the last is.
        let known = NIOLoopBoundBox<[Result<RedisReply, RedisError>]>.makeBoxSendingValue(
            [], eventLoop: channel.eventLoop)
        enqueue { batch in
            for command in commands {
                batch.append(command, by: deadline) { result in
                    known.value.append(result)
                    if known.value.count == commands.count { complete(known.value) }
                }
            }
        }
    }

    private func enqueue(_ append: (inout CommandQueue.Batch) -> Void) {
        let (isFirst, count) = queue.add(append)
        if count >= CommandQueue.some, channel.eventLoop.inEventLoop {
            handler.value.sendQueued()
        } else if isFirst {
            channel.eventLoop.execute { handler.value.sendQueued() }
        }
    }

    /// Calls `body` once when the connection has ended, whoever ended it.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        channel.closeFuture.whenComplete { _ in body() }
    }

    func close() {
        queue.close()
        channel.close(promise: nil)
    }

    /// Closes when all replies that it owes have come; nothing may be sent on it any more.
    ///
    /// What it still owes after `patience` fails.
    func retire(within patience: Duration? = nil) {
        channel.eventLoop.execute { handler.value.retire() }
        guard let patience else { return }
        channel.eventLoop.scheduleTask(in: TimeAmount(patience)) {
            handler.value.end("the server is the primary no more")
        }
    }

    private func shakeHands(_ endpoint: RedisEndpoint, name: String?, timeout: Duration) async throws(RedisError) {
        if let password = endpoint.password {
            let credentials = [endpoint.user, password].compactMap(\.self)
            try await require(RedisCommand("AUTH", arguments: credentials), timeout)
        }
        if endpoint.database != 0 { try await require(RedisCommand("SELECT", endpoint.database), timeout) }
        // A Redis that is still loading its data takes the connection but none of our commands. One that cannot write to its
        // disk refuses PING with its writes, and another user may not run it: both can be read from.
        if case .error(let text) = try await reply(to: RedisCommand("PING"), timeout) {
            let error = RedisError(serverError: text, command: "PING")
            if error.code != .server("MISCONF"), error.code != .server("NOPERM") { throw error }
        }
        // The name is a courtesy to CLIENT LIST: a user without the right to set it can still work.
        if let name { _ = try await reply(to: RedisCommand("CLIENT", "SETNAME", name), timeout) }
    }

    private func requirePrimary(_ endpoint: RedisEndpoint, _ timeout: Duration) async throws(RedisError) {
        let reply = try await reply(to: RedisCommand("ROLE"), timeout)
        guard case .array(let words) = reply, let role = words.first?.text, role != "master" else { return }
        throw RedisError(
            .unavailable, command: "connect",
            message: "\(endpoint) is a \(role), although the Sentinels name it as the primary")
    }

    private func require(_ command: RedisCommand, _ timeout: Duration) async throws(RedisError) {
        if case .error(let text) = try await reply(to: command, timeout) {
            throw RedisError(serverError: text, command: command.name)
        }
    }

    private func reply(to command: RedisCommand, _ timeout: Duration) async throws(RedisError) -> RedisReply {
        try await withUnsafeContinuation { continuation in
            send(command, timeout: timeout) { continuation.resume(returning: $0) }
        }.get()
    }

    private static func connect(
        _ endpoint: RedisEndpoint, group: any EventLoopGroup, timeout: Duration, _ attempt: Attempt?
    ) async throws -> RedisConnection {
        let bootstrap = ClientBootstrap(group: group).connectTimeout(TimeAmount(timeout))
        let tls = endpoint.tls
        var context: NIOSSLContext?
        // Files are read, which may block.
        if let tls { context = try await NIOThreadPool.singleton.runIfActive { try tls.context() } }
        let prepare: @Sendable (any Channel) -> EventLoopFuture<Opened> = { [context] channel in
            attempt?.begins(channel)
            return channel.eventLoop.makeCompletedFuture {
                let queue = CommandQueue()
                let handler = RedisChannelHandler(queue)
                var secured: EventLoopFuture<Void>?
                if let tls, let context, case .tcp(let host, _) = endpoint.address {
                    let handler = try tls.handler(context, for: host)
                    let handshake = TLSHandshake(tls, host: host, on: channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandlers([handler, handshake])
                    secured = handshake.secured
                }
                try channel.pipeline.syncOperations.addHandler(handler)
                let connection = RedisConnection(
                    channel: channel, queue: queue, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop),
                    server: endpoint.address)
                return (connection, secured)
            }
        }
        switch endpoint.address {
        case .tcp(let host, let port):
            // Keepalive notices a peer that is gone for good even while nothing is asked of it.
            let (connection, secured) =
                try await bootstrap
                .channelOption(ChannelOptions.socketOption(.so_keepalive), value: 1)
                .channelOption(ChannelOptions.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: host, port: port, channelInitializer: prepare)
            if let secured { try await connection.wait(for: secured, timeout) }
            return connection
        case .unix(let path):
            return try await bootstrap.connect(unixDomainSocketPath: path, channelInitializer: prepare).0
        case .sentinel, .cluster:
            throw InvalidText("where \(endpoint) is has to be asked first")
        }
    }

    /// A connection, and when it is secured; nil if it is in plain text.
    private typealias Opened = (RedisConnection, EventLoopFuture<Void>?)

    private struct HandshakeTimeout: Error {}

    /// Closes the connection, and throws, if the handshake fails or takes too long.
    private func wait(for secured: EventLoopFuture<Void>, _ timeout: Duration) async throws {
        let promise = channel.eventLoop.makePromise(of: Void.self)
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(timeout)) { throw HandshakeTimeout() }
        timer.futureResult.cascadeFailure(to: promise)
        secured.cascade(to: promise)
        do {
            try await promise.futureResult.get()
            timer.cancel()
        } catch {
            timer.cancel()
            close()
            throw error
        }
    }

    private static func isTimeout(_ error: any Error) -> Bool {
        if let error = error as? NIOConnectionError { return error.connectionErrors.contains { isTimeout($0.error) } }
        guard case .connectTimeout = error as? ChannelError else { return false }
        return true
    }

    private static func reason(of error: any Error) -> String {
        if let error = error as? NIOConnectionError {
            let causes = error.connectionErrors.map { reason(of: $0.error) }
            return causes.first ?? "the host is not known"
        }
        if let error = error as? IOError { return String(cString: strerror(error.errnoCode)) }
        return RedisTLS.description(of: error) ?? "\(error)"
    }
}

extension RedisEndpoint {
    fileprivate var mayHaveTLS: Bool {
        if case .tcp = address { tls == nil } else { false }
    }
}

extension RedisError {
    fileprivate var askingForTLS: RedisError {
        RedisError(
            code, command: command,
            message: "\(message); does this port speak TLS? Then the URL begins with rediss, not redis")
    }
}
