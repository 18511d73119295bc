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
    /// Called with the port that was really taken.
    let onListening: @Sendable (APIConfig.Address) async -> Void

    private static let backlog: Int32 = 1024

    func run() async throws {
        let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
        let server = try await bind(quiescing)
        let port = server.channel.localAddress?.port ?? address.port
        logger.info(.apiListening, metadata: [LogKey.host: "\(address.host)", LogKey.port: "\(port)"])
        await withGracefulShutdownHandler {
            await onListening(APIConfig.Address(host: address.host, port: port, sharesPort: address.sharesPort))
            await serve(server)
        } onGracefulShutdown: {
            quiescing.initiateShutdown(promise: nil)
        }
    }

    /// Requests are logged by nobody at info: a healthy minute is quiet.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private typealias ServerChannel = NIOAsyncChannel<GuardedHTTPChannel.Value, Never>

    private func bind(_ quiescing: ServerQuiescingHelper) async throws -> ServerChannel {
        let (channel, logger, maxConnections) = (channel, quiet, maxConnections)
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.reusePort), value: address.sharesPort ? 1 : 0)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    let pipeline = server.pipeline.syncOperations
                    try pipeline.addHandler(AvailableConnectionsChannelHandler(maxConnections: maxConnections))
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: server))
                }
            }
            .bind(host: address.host, port: address.port) { socket in
                channel.setup(channel: socket, logger: logger)
            }
    }

    private func serve(_ server: ServerChannel) async {
        let (channel, quiet) = (channel, quiet)
        await withDiscardingTaskGroup { group in
            do {
                try await server.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await channel.handle(value: connection, logger: quiet) }
                    }
                }
            } catch {
                // The operating system takes no more connections, as when it has no descriptors left.
                logger.error(.apiConnections, metadata: [LogKey.detail: "\(error)"])
            }
        }
    }
}

extension NIOBSDSocket.Option {
    fileprivate static let reusePort = NIOBSDSocket.Option(rawValue: SO_REUSEPORT)
}
