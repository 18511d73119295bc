import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Hummingbird's channel for HTTP/1 with a guard in front of its decoder.
struct GuardedHTTPChannel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let channel: HTTP1Channel
    private let limits: HTTPLimits
    private let budget: RequestBudget
    private let turns: PerLoop<TurnQueue>
    private let shortcuts: PerLoop<Shortcut>?

    /// Without shortcuts the responder answers everything.
    init(
        _ limits: HTTPLimits, shortcuts: PerLoop<Shortcut>? = nil, responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.limits = limits
        budget = RequestBudget(most: limits.maxUnfinished)
        turns = PerLoop(Listener.group) { TurnQueue($0) }
        self.shortcuts = shortcuts
        // What the guard lets through is never too large for the decoder.
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 2 * limits.maxHead, maxHeaderListSize: 2 * (limits.maxHead + limits.maxBody),
            maxHeaderFieldCount: 2 * limits.maxFields)
        channel = HTTP1Channel(responder: responder, configuration: .init(httpDecoderConfiguration: decoder))
    }

    func setup(channel socket: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let loop = socket.eventLoop
        let guardian = ConnectionGuard(
            limits, budget: budget, turns: turns[loop] ?? TurnQueue(loop), shortcut: shortcuts?[loop])
        do {
            try socket.pipeline.syncOperations.addHandler(guardian)
        } catch {
            return socket.eventLoop.makeFailedFuture(error)
        }
        return channel.setup(channel: socket, logger: logger).flatMapThrowing { value in
            let pipeline = socket.pipeline.syncOperations
            let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
            let watch = AnswerWatch(try pipeline.handler(type: ConnectionGuard.self))
            try pipeline.addHandler(watch, position: .after(encoder))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await channel.handle(value: value, logger: logger)
    }
}
