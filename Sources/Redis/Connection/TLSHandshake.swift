import NIOCore
import NIOSSL
import NIOTLS

/// Tells when a connection is secured: until then nothing is sent, above all no password.
///
/// Belongs to its event loop.
final class TLSHandshake: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let tls: RedisTLS
    private let host: String
    private var promise: EventLoopPromise<Void>?
    /// Fails with what ended the handshake.
    let secured: EventLoopFuture<Void>

    init(_ tls: RedisTLS, host: String, on loop: any EventLoop) {
        let promise = loop.makePromise(of: Void.self)
        (self.tls, self.host, self.promise, secured) = (tls, host, promise, promise.futureResult)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            complete(Result { try tls.requireName(host, in: context.pipeline.syncOperations.nioSSL_peerCertificate()) })
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        complete(.failure(error))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        complete(.failure(RedisTLS.HandshakeEnded()))
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { complete(.failure(RedisTLS.HandshakeEnded())) }

    private func complete(_ result: Result<Void, any Error>) {
        promise?.completeWith(result)
        promise = nil
    }
}
