import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP server that says what a test wrote down, byte by byte, and remembers what it was asked.
///
/// Every request is answered with the steps that the closure gives for it, in their order. The bytes are the test's
/// own: status line, headers and body, right or wrong.
package final class StubServer: Sendable {
    package enum Step: Sendable {
        case send([UInt8])
        /// Sends the bytes again and again, with a pause between them, for as long as anybody takes them.
        case drip([UInt8], every: Duration)
        /// Ends the connection: by FIN, or by RST.
        case close
        case reset
        /// Says nothing more, and keeps the connection.
        case hang
    }

    package struct Request: Equatable, Sendable {
        /// As in `GET /path?query HTTP/1.1`.
        package let line: String
        package let headers: [String]
        /// Of the length that its head tells.
        package let body: [UInt8]
        /// Which connection it came on, counted from 1.
        package let connection: Int

        package var path: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    }

    private struct Seen {
        var connections = 0
        var open = 0
        var requests: [Request] = []
    }

    private let channel: any Channel
    private let seen: SeenBox

    package init(_ answer: @escaping @Sendable (Request) -> [Step]) async throws {
        let seen = SeenBox()
        self.seen = seen
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(seen: seen, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit {
        channel.close(promise: nil)
    }

    package var port: Int { channel.localAddress?.port ?? 0 }
    package var url: String { "http://127.0.0.1:\(port)" }

    package var requests: [Request] { seen.value.withLock { $0.requests } }
    /// All that there ever were.
    package var connections: Int { seen.value.withLock { $0.connections } }
    package var openConnections: Int { seen.value.withLock { $0.open } }

    /// What the channels' handlers and the server share.
    private final class SeenBox: Sendable {
        let value = Mutex(Seen())
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let seen: SeenBox
        private let answer: @Sendable (Request) -> [Step]
        private var connection = 0
        private var bytes: [UInt8] = []

        init(seen: SeenBox, answer: @escaping @Sendable (Request) -> [Step]) {
            self.seen = seen
            self.answer = answer
        }

        func channelActive(context: ChannelHandlerContext) {
            connection = seen.value.withLock { seen in
                seen.connections += 1
                seen.open += 1
                return seen.connections
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            seen.value.withLock { $0.open -= 1 }
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
            while let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
                    .map(String.init)
                let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).drop { $0 == " " }) }
                guard bytes.count - end.upperBound >= length ?? 0 else { return }
                let body = Array(bytes[end.upperBound...].prefix(length ?? 0))
                bytes.removeFirst(end.upperBound + body.count)
                let request = Request(
                    line: lines.first ?? "", headers: Array(lines.dropFirst()), body: body, connection: connection)
                seen.value.withLock { $0.requests.append(request) }
                answer(request).forEach { perform($0, on: context.channel) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func perform(_ step: Step, on channel: any Channel) {
            switch step {
            case .send(let bytes): channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
            case .drip(let bytes, let pause):
                channel.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: TimeAmount(pause)) { task in
                    guard channel.isActive else { return task.cancel() }
                    channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
                }
            case .close: channel.close(promise: nil)
            case .reset:
                // A lingering time of zero turns the close into a reset.
                let options = channel as? any SocketOptionProvider
                options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
            case .hang: break
            }
        }
    }
}

extension StubServer.Step {
    /// A whole response with its length.
    package static func response(
        _ status: String = "200 OK", headers: [String] = [], body: [UInt8] = []
    ) -> StubServer.Step {
        let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers + ["", ""]
        return .send(Array(head.joined(separator: "\r\n").utf8) + body)
    }

    package static func send(_ text: String) -> StubServer.Step { .send(Array(text.utf8)) }
}
