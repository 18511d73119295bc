import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A TCP connection whose bytes a test writes itself.
package final class RawConnection: Sendable {
    private struct State {
        package var received: [UInt8] = []
        var hasEnded = false
    }

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let box: Box

        init(_ box: Box) {
            self.box = box
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = unwrapInboundIn(data).readableBytesView
            box.state.withLock { $0.received += bytes }
        }

        func channelInactive(context: ChannelHandlerContext) {
            box.state.withLock { $0.hasEnded = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }

    private let box: Box
    private let channel: any Channel

    package init(port: Int, timeout: Duration = .seconds(10)) async throws {
        let box = Box()
        self.box = box
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(TimeAmount(timeout))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(box))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    deinit {
        channel.close(promise: nil)
    }

    package var received: [UInt8] { box.state.withLock(\.received) }
    package var text: String { String(decoding: received, as: UTF8.self) }
    package var hasEnded: Bool { box.state.withLock(\.hasEnded) }

    package func send(_ bytes: some Sequence<UInt8>) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    package func send(_ text: String) { send(text.utf8) }

    /// Ends this side; the other one may still speak.
    package func close() { channel.close(mode: .all, promise: nil) }

    package func ends(within deadline: Duration = .seconds(10)) async throws {
        try await eventually(within: deadline, "the server closes") { hasEnded }
    }

    private struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    /// Waits until the part has come so many times.
    package func receives(_ part: String, times: Int = 1) async throws {
        do {
            try await eventually("\(times) times «\(part)»") { text.ranges(of: part).count >= times }
        } catch {
            throw Missing(description: "\(error) in:\n\(text)")
        }
    }
}
