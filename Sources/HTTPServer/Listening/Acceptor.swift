import Logging
import Logs
import NIOCore

/// Accepts a limited number of connections on a listening socket; further ones wait in the kernel until others have closed.
///
/// If a connection cannot be accepted, for example because no file descriptors are left, the others continue, and more can be
/// accepted later.
final class Acceptor: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    private let most: Int
    private let logger: Logger
    private var open = 0
    private var isReadHeldBack = false
    private var quietUntil = NIODeadline.uptimeNanoseconds(0)

    /// `most` may be exceeded by the connections that the kernel delivers in one batch.
    init(most: Int, logger: Logger) {
        self.most = most
        self.logger = logger
    }

    func read(context: ChannelHandlerContext) {
        if open < most { context.read() } else { isReadHeldBack = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        open += 1
        let acceptor = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (acceptor, context) = acceptor.value
            acceptor.closed(context)
        }
        context.fireChannelRead(data)
    }

    private func closed(_ context: ChannelHandlerContext) {
        open -= 1
        guard isReadHeldBack, open < most else { return }
        isReadHeldBack = false
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError, context.channel.isActive else { return context.fireErrorCaught(error) }
        // Logs a repeated error at most once a minute.
        guard NIODeadline.now() >= quietUntil else { return }
        quietUntil = .now() + .seconds(60)
        logger.error(.apiConnections, metadata: [LogKey.detail: "\(error)"])
    }
}
