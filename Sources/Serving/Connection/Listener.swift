import Basics
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Logs
import NIOCore
import NIOExtras
import NIOPosix
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Takes connections on one address until it is told to stop; those that are busy then may finish.
///
/// What Hummingbird's own server does, for its channel, and one thing more: other processes may listen on the same port
/// (SO_REUSEPORT, socket(7)), and the kernel spreads connections over them.
struct Listener: Service {
    let address: APIConfig.Address
    let maxConnections: Int
    let channel: GuardedHTTPChannel
    let logger: Logger
    /// Called with the port that was really taken, before the first connection is.
    let onListening: @Sendable (APIConfig.Address) async -> Void

    /// Whose event loops have the connections.
    static let group = MultiThreadedEventLoopGroup.singleton
    private static let backlog: Int32 = 1024
    /// Connections that are taken at a time: with few of them, those who come all at once would wait for each other's
    /// requests.
    private static let mostAccepted: UInt = 256

    /// What the kernel holds of an answer that the client does not read, in bytes.
    ///
    /// Linux doubles it, and by itself would take megabytes.
    private static let unread: ChannelOptions.Types.SocketOption.Value = 128_000
    /// What is read at a time, in bytes.
    private static let longestRead = 16_384

    /// Throws `ListenFailure` when the address cannot be taken, and another error when it takes no more connections although
    /// nobody has told it to stop.
    func run() async throws {
        let (quiescing, connections) = (ServerQuiescingHelper(group: Self.group), Connections())
        let server = try await bind(quiescing, connections)
        let port = server.localAddress?.port ?? address.port
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await onListening(APIConfig.Address(host: address.host, port: port, sharesPort: address.sharesPort))
                try? await server.closeFuture.get()
                await connections.allEnded()
            } onGracefulShutdown: {
                quiescing.initiateShutdown(promise: nil)
            }
        } onCancel: {
            server.close(promise: nil)
        }
        guard Task.isShuttingDownGracefully || Task.isCancelled else { throw EndedByItself() }
    }

    /// Requests are logged by nobody at info: a healthy minute is quiet.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private func bind(_ quiescing: ServerQuiescingHelper, _ connections: Connections) async throws -> any Channel {
        let (channel, logger, loud, maxConnections) = (channel, quiet, logger, maxConnections)
        let bootstrap = ServerBootstrap(group: Self.group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Self.mostAccepted)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.reusePort), value: address.sharesPort ? 1 : 0)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.so_sndbuf), value: Self.unread)
            // Once for each time that the kernel says there is something: others are served in between.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: Self.longestRead)
            )
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    let pipeline = server.pipeline.syncOperations
                    try pipeline.addHandler(AcceptErrors(logger: loud))
                    try pipeline.addHandler(AvailableConnectionsChannelHandler(maxConnections: maxConnections))
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: server))
                }
            }
            .childChannelInitializer { socket in
                channel.setup(channel: socket, logger: logger).map { value in
                    connections.begin(socket) { await channel.handle(value: value, logger: logger) }
                }
            }
        do {
            return try await bootstrap.bind(host: address.host, port: address.port).get()
        } catch {
            throw ListenFailure(host: address.host, port: address.port, error)
        }
    }

    private struct EndedByItself: Error, CustomStringConvertible {
        var description: String { "the port takes no more connections" }
    }
}

extension NIOBSDSocket.Option {
    fileprivate static let reusePort = NIOBSDSocket.Option(rawValue: SO_REUSEPORT)
}
