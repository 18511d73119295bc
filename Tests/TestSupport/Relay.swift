import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a server on this machine, and can fall silent as a network does that loses every packet:
/// nobody is told, and what was on its way is gone.
package final class Relay: Sendable {
    private let server: any Channel
    private let state: StateBox

    private struct State {
        var isSilent = false
        var target: Int
        /// How often it has fallen silent: a connection from before stays silent for good.
        var silences = 0
        var connections = 0
        var swallowed = 0
    }

    private final class StateBox: Sendable {
        let value: Mutex<State>

        init(_ target: Int) {
            value = Mutex(State(target: target))
        }
    }

    package init(to port: Int) async throws {
        let state = StateBox(port)
        self.state = state
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { client in
                let silences = state.value.withLock { state in
                    state.connections += 1
                    return state.silences
                }
                let passes: @Sendable () -> Bool = {
                    state.value.withLock { state in
                        if !state.isSilent, state.silences == silences { return true }
                        state.swallowed += 1
                        return false
                    }
                }
                return ClientBootstrap(group: client.eventLoop)
                    .connect(host: "127.0.0.1", port: state.value.withLock(\.target))
                    .flatMap { server in
                        client.eventLoop.makeCompletedFuture {
                            try client.pipeline.syncOperations.addHandler(Pipe(to: server, passes: passes))
                            try server.pipeline.syncOperations.addHandler(Pipe(to: client, passes: passes))
                        }
                    }
                    .flatMap { client.setOption(.autoRead, value: true) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit {
        server.close(promise: nil)
    }

    package var port: Int { server.localAddress?.port ?? 0 }

    /// Connections that are made from now on lead to another port, as a name does that is given to another host.
    package func lead(to port: Int) { state.value.withLock { $0.target = port } }

    /// All that there ever were.
    package var connections: Int { state.value.withLock(\.connections) }

    /// How often something has come that was not passed on.
    package var swallowed: Int { state.value.withLock(\.swallowed) }

    /// Passes nothing on any more, on the connections that there are and on those to come.
    package func fallSilent() {
        state.value.withLock { state in
            state.isSilent = true
            state.silences += 1
        }
    }

    /// Passes on what comes on new connections.
    package func speak() {
        state.value.withLock { $0.isSilent = false }
    }

    private final class Pipe: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel
        private let passes: @Sendable () -> Bool

        init(to other: any Channel, passes: @escaping @Sendable () -> Bool) {
            self.other = other
            self.passes = passes
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if passes() { other.writeAndFlush(unwrapInboundIn(data), promise: nil) }
        }

        func channelInactive(context: ChannelHandlerContext) {
            other.close(promise: nil)
        }
    }
}
