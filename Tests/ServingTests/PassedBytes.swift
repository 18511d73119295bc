import Logging
import NIOCore
import Synchronization

/// How many bytes came to the routes, for who is on another thread.
final class PassedBytes: Sendable {
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        let passed: PassedBytes

        init(_ passed: PassedBytes) {
            self.passed = passed
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let count = unwrapInboundIn(data).readableBytes
            passed.bytes.withLock { $0 += count }
        }
    }

    private let bytes = Mutex(0)

    var count: Int { bytes.withLock(\.self) }

    func handler() -> some ChannelInboundHandler { Handler(self) }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}
