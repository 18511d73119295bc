import Logging
import Logs
import NIOCore

/// Keeps a connection that could not be taken from ending all: without descriptors left, for one, others can be taken later.
final class AcceptErrors: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let logger: Logger
    private var quietUntil = NIODeadline.uptimeNanoseconds(0)

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError, context.channel.isActive else { return context.fireErrorCaught(error) }
        // The same again and again is told now and then.
        guard NIODeadline.now() >= quietUntil else { return }
        quietUntil = .now() + .seconds(60)
        logger.error(.apiConnections, metadata: [LogKey.detail: "\(error)"])
    }
}
