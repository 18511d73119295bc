import NIOCore
import NIOEmbedded

@testable import HTTPServer

/// A connection without a socket.
final class EmbeddedConnection {
    let channel: EmbeddedChannel

    /// Connections that are given one loop share it.
    init(
        on loop: ServerLoop = .embedded(), limits: HTTPLimits = HTTPLimits(),
        _ respond: @escaping (Request) -> Response
    ) throws {
        guard let eventLoop = loop.loop as? EmbeddedEventLoop else { throw ChannelError.inappropriateOperationForState }
        channel = EmbeddedChannel(loop: eventLoop)
        try channel.pipeline.syncOperations.addHandler(Connection(loop, ClosureResponder { .ready(respond($0)) }))
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    func send(_ bytes: some Collection<UInt8>) throws { try channel.writeInbound(ByteBuffer(bytes: bytes)) }

    /// What has been sent back since the last time.
    func received() throws -> [UInt8] {
        var sent: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) { sent += part.readableBytesView }
        return sent
    }

    /// Sends the bytes and returns all that comes back, what was sent ahead included.
    func exchange(_ bytes: some Collection<UInt8>) throws -> [UInt8] {
        // What was refused closes the channel, which takes no more then.
        try? send(bytes)
        for _ in 0..<100 { channel.embeddedEventLoop.advanceTime(by: .milliseconds(1)) }
        return try received()
    }
}

extension ServerLoop {
    static func embedded(_ limits: HTTPLimits = HTTPLimits()) -> ServerLoop {
        ServerLoop(EmbeddedEventLoop(), limits, budget: RequestBudget(most: limits.maxUnfinished))
    }
}

/// Answers as a closure says.
final class ClosureResponder: Responder {
    private let outcome: (Request) -> Answer.Outcome

    init(_ outcome: @escaping (Request) -> Answer.Outcome) {
        self.outcome = outcome
    }

    func respond(to request: Request) -> Answer { Answer(outcome(request)) }
}
