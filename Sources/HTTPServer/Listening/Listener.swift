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

/// Where a server listens.
package struct ListenAddress: Equatable, Sendable {
    /// A name or an address; an IPv6 address without brackets.
    package let host: String
    /// 0 takes any free port.
    package let port: Int
    /// Whether other processes may listen on it too (SO_REUSEPORT); the kernel then distributes connections among them.
    package let sharesPort: Bool
    /// nil for HTTP without TLS.
    package let tls: TLSFiles?

    package init(host: String, port: Int, sharesPort: Bool = false, tls: TLSFiles? = nil) {
        self.host = host
        self.port = port
        self.sharesPort = sharesPort
        self.tls = tls
    }
}

/// Accepts connections on one address.
struct Listener {
    let address: ListenAddress
    /// Further connections wait until others have closed.
    let maxConnections: Int
    let logger: Logger
    /// Adds the handlers of a connection to its channel.
    let setUp: @Sendable (any Channel) -> EventLoopFuture<Void>
    /// Called with the actual port once the socket listens.
    let onListening: @Sendable (ListenAddress) async -> Void

    private static let backlog: Int32 = 1024
    /// Connections that are accepted in one batch: if it is small, simultaneous clients wait for each other's requests.
    private static let mostAccepted: UInt = 256

    /// How much of a response the kernel buffers if the client does not read it, in bytes.
    ///
    /// Linux doubles this value; its default would be megabytes.
    private static let unread: ChannelOptions.Types.SocketOption.Value = 128_000
    /// The most bytes that one read takes.
    private static let longestRead = 16_384

    /// Runs until a graceful shutdown, which lets busy connections finish, or until the task is cancelled.
    ///
    /// Throws `ListenFailure` if the address cannot be used, and another error if it stops by itself.
    func run() async throws {
        let (quiescing, connections) = (ServerQuiescingHelper(group: HTTPServer.group), Connections())
        let server = try await bind(quiescing, connections)
        let port = server.localAddress?.port ?? address.port
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await onListening(
                    ListenAddress(
                        host: address.host, port: port, sharesPort: address.sharesPort, tls: address.tls))
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

    private func bind(_ quiescing: ServerQuiescingHelper, _ connections: Connections) async throws -> any Channel {
        let (setUp, logger, maxConnections) = (setUp, logger, maxConnections)
        let bootstrap = ServerBootstrap(group: HTTPServer.group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Self.mostAccepted)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.reusePort), value: address.sharesPort ? 1 : 0)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.socketOption(.so_sndbuf), value: Self.unread)
            // The writability changes when the socket has taken everything that was written.
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 1, high: 1))
            // One read per readiness event, so that other connections are served in between.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: Self.longestRead)
            )
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    let pipeline = server.pipeline.syncOperations
                    try pipeline.addHandler(Acceptor(most: maxConnections, logger: logger))
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: server))
                }
            }
            .childChannelInitializer { socket in
                connections.add(socket)
                return setUp(socket)
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
