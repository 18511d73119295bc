import Foundation
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import HTTPServer

@Suite struct AcceptorTests {
    @Test func `a connection that cannot be accepted ends nothing, and is told once a minute`() throws {
        let said = Said()
        let channel = EmbeddedChannel(handler: Acceptor(most: 10, logger: said.logger))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/none")).wait()
        for _ in 0..<3 {
            channel.pipeline.fireErrorCaught(IOError(errnoCode: EMFILE, reason: "accept"))
            try channel.throwIfErrorCaught()
        }
        #expect(said.all.map { "\($0.level) \($0.event)" } == ["error api.connections"])
        channel.pipeline.fireErrorCaught(ChannelError.inappropriateOperationForState)
        #expect(throws: ChannelError.self) { try channel.throwIfErrorCaught() }
        _ = try channel.finish()
    }
}
