import NIOCore
import NIOEmbedded
import Tape

@testable import Serving

extension ConnectionGuard {
    /// The only connection of a loop.
    convenience init(_ limits: HTTPLimits, on loop: any EventLoop, shortcut: Shortcut?) {
        self.init(
            limits, budget: RequestBudget(most: limits.maxUnfinished), turns: TurnQueue(loop), shortcut: shortcut)
    }
}

/// A guarded connection without a socket, and what the guard lets through to the routes.
final class GuardedConnection {
    private final class Routes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var passed: [UInt8] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            passed += unwrapInboundIn(data).readableBytesView
        }
    }

    let shortcut: Shortcut
    private let channel: EmbeddedChannel
    private let routes = Routes()

    var passed: String { String(decoding: routes.passed, as: UTF8.self) }

    /// With what the other connection's loop knows already.
    init(list: ServedList?, after other: GuardedConnection? = nil) throws {
        let answers = ListAnswers(clock: TapeClock(), mayLast: true)
        shortcut =
            other?.shortcut
            ?? Shortcut(
                answers: answers, history: nil, onDemand: nil, orders: nil, date: DateField(), counts: RouteMetrics(),
                loop: EmbeddedEventLoop())
        if let list { shortcut.show(list) }
        channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([
            ConnectionGuard(HTTPLimits(), on: channel.embeddedEventLoop, shortcut: shortcut), routes,
        ])
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    func exchange(_ text: String) -> [UInt8] { exchange(Array(text.utf8)) }

    /// What is sent back at once.
    func exchange(_ bytes: some Collection<UInt8>) -> [UInt8] {
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        // What was sent ahead has its turns later.
        for _ in 0..<100 { channel.embeddedEventLoop.advanceTime(by: .milliseconds(1)) }
        var sent: [UInt8] = []
        while let part = try? channel.readOutbound(as: ByteBuffer.self) { sent += part.readableBytesView }
        return sent
    }
}
