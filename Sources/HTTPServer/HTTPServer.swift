import Basics
package import Logging
import Logs
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// Serves HTTP/1.1 and HTTP/1.0 on some addresses until it is told to stop.
///
/// On a graceful shutdown it accepts no more connections, closes idle ones, and lets running requests finish.
package struct HTTPServer: Service {
    private let addresses: [ListenAddress]
    private let maxConnections: Int
    private let logger: Logger
    private let connections: PerLoop<(ServerLoop, any Responder)>
    private let onListening: @Sendable (ListenAddress) async -> Void
    /// What secures the addresses that have TLS, in their order; empty before the server runs.
    private let secured = SecuredAddresses()

    /// The event loops of all servers in this process.
    static let group = MultiThreadedEventLoopGroup.singleton

    /// `maxConnections` applies to each address.
    ///
    /// `makeResponder` is called once for each event loop, and its responder handles the loop's requests. `onListening` is called
    /// with each address as soon as it accepts connections, with the actual port.
    package init(
        _ addresses: [ListenAddress], limits: HTTPLimits = HTTPLimits(), maxConnections: Int, logger: Logger,
        onListening: @escaping @Sendable (ListenAddress) async -> Void = { _ in },
        makeResponder: @Sendable (ServerLoop) -> any Responder
    ) {
        self.addresses = addresses
        self.maxConnections = maxConnections
        self.logger = logger
        self.onListening = onListening
        let budget = RequestBudget(most: limits.maxUnfinished)
        connections = PerLoop(Self.group) { eventLoop in
            let loop = ServerLoop(eventLoop, limits, budget: budget)
            return (loop, makeResponder(loop))
        }
    }

    /// Throws `ListenFailure` if an address cannot be used; then none of them is listened on any more.
    package func run() async throws {
        let wanted = maxConnections * addresses.count
        let allowed = OpenFiles.connections(wanted: wanted)
        if allowed < wanted {
            logger.warning(.apiConnections, metadata: [LogKey.detail: "open files allow only \(allowed)"])
        }
        let connections = connections
        let secrets = try addresses.map { (address) throws(ListenFailure) in
            do throws(InvalidText) {
                return try address.tls.map { (files) throws(InvalidText) in try ServerTLS(files) }
            } catch {
                throw ListenFailure(host: address.host, port: address.port, error)
            }
        }
        secured.set(Array(zip(addresses, secrets)))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (address, tls) in zip(addresses, secrets) {
                let listener = Listener(
                    address: address, maxConnections: max(1, allowed / addresses.count), logger: logger,
                    setUp: { socket in
                        socket.eventLoop.makeCompletedFuture {
                            guard let (loop, responder) = connections[socket.eventLoop] else {
                                throw ChannelError.inappropriateOperationForState
                            }
                            let pipeline = socket.pipeline.syncOperations
                            // The time in which a connection must say something also bounds the handshake.
                            if let tls { try pipeline.addHandler(tls.handler()) }
                            try pipeline.addHandler(Connection(loop, responder))
                        }
                    }, onListening: onListening)
                group.addTask { try await listener.run() }
            }
            while try await group.next() != nil {}
        }
    }

    /// Reads the certificates of all addresses again: new connections get them.
    ///
    /// Blocks. Logs each address whose files cannot be used, which keeps its old ones.
    package func reloadCertificates() {
        for (address, tls) in secured.all {
            do throws(InvalidText) {
                try tls.reload()
                logger.notice(.tlsReloaded, metadata: [LogKey.host: "\(address.host)", LogKey.port: "\(address.port)"])
            } catch {
                logger.error(
                    .tlsNotReloaded,
                    metadata: [
                        LogKey.host: "\(address.host)", LogKey.port: "\(address.port)", LogKey.error: "\(error)",
                    ])
            }
        }
    }

    private final class SecuredAddresses: Sendable {
        private let state = Mutex<[(ListenAddress, ServerTLS)]>([])

        var all: [(ListenAddress, ServerTLS)] { state.withLock(\.self) }

        func set(_ addresses: [(ListenAddress, ServerTLS?)]) {
            let secured = addresses.compactMap { address, tls in tls.map { (address, $0) } }
            state.withLock { $0 = secured }
        }
    }
}
