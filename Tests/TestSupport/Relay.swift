import NIOCore
import NIOPosix
import Synchronization

/// Stands between a client and a server on this machine, and can fall silent as a network does that loses every packet:
/// nobody is told, and what was on its way is gone.
///
/// It can also spoil single connections, each in its own way.
package final class Relay: Sendable {
    /// What befalls a connection.
    package enum Fault: Sendable {
        /// The server is not asked: the first that comes is answered with this text.
        case answer(String)
        /// It ends once so many bytes of the server have been passed on; with 0, the server has done what it was asked.
        case cut(after: Int)
        /// It falls silent once so many bytes of the server have been passed on.
        case stall(after: Int)
    }

    private let server: any Channel
    private let state: StateBox

    private struct State {
        var isSilent = false
        var target: Int
        /// How often it has fallen silent: a connection from before stays silent for good.
        var silences = 0
        var connections = 0
        var swallowed = 0
        /// Of the connections to come, first come, first spoilt.
        var faults: [Fault] = []
        var clients: [any Channel] = []
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
                let (silences, fault) = state.value.withLock { state in
                    state.connections += 1
                    state.clients.append(client)
                    return (state.silences, state.faults.isEmpty ? nil : state.faults.removeFirst())
                }
                if case .answer(let text) = fault {
                    return client.eventLoop.makeCompletedFuture {
                        try client.pipeline.syncOperations.addHandler(Answer(text))
                    }.flatMap { client.setOption(.autoRead, value: true) }
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
                            try server.pipeline.syncOperations.addHandler(Pipe(to: client, passes: passes, fault))
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

    /// Ends all connections; those that are made from now on are spoilt, one each, and those after them are sound.
    package func spoil(_ faults: Fault...) {
        let clients = state.value.withLock { state in
            state.faults = faults
            defer { state.clients = [] }
            return state.clients
        }
        for client in clients { client.close(promise: nil) }
    }

    /// How many faults have not befallen a connection yet.
    package var faultsLeft: Int { state.value.withLock(\.faults.count) }

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

    /// Leaves the closing to the client: with bytes of it unread a reset would overtake the answer.
    private final class Answer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private var text: String?

        init(_ text: String) {
            self.text = text
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            if let text { context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil) }
            text = nil
        }
    }

    private final class Pipe: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let other: any Channel
        private let passes: @Sendable () -> Bool
        private let fault: Fault?
        private var passed = 0

        init(to other: any Channel, passes: @escaping @Sendable () -> Bool, _ fault: Fault? = nil) {
            self.other = other
            self.passes = passes
            self.fault = fault
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard passes() else { return }
            var bytes = unwrapInboundIn(data)
            switch fault {
            case nil, .answer: other.writeAndFlush(bytes, promise: nil)
            case .cut(let most), .stall(let most):
                let count = min(bytes.readableBytes, most - passed)
                passed += count
                let part = bytes.readSlice(length: count) ?? ByteBuffer()
                other.writeAndFlush(part).whenComplete { [other, passed, fault] _ in
                    if case .cut = fault, passed == most { other.close(promise: nil) }
                }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            other.close(promise: nil)
        }
    }
}
