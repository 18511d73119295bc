import Foundation
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Serving

@Suite struct AcceptErrorsTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.all.withLock { $0.append("\(event.level) \(event.message)") }
        }
    }

    @Test func `a connection that cannot be taken ends nothing, and is told once a minute`() throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Handler(lines: lines) }
        let channel = EmbeddedChannel(handler: AcceptErrors(logger: logger))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).wait()
        for _ in 0..<3 {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            try channel.throwIfErrorCaught()
        }
        #expect(lines.all.withLock { $0 } == ["error api.connections"])
        channel.pipeline.fireErrorCaught(ChannelError.inappropriateOperationForState)
        #expect(throws: ChannelError.self) { try channel.throwIfErrorCaught() }
        _ = try channel.finish()
    }
}
