import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPServer

@Suite struct TurnQueueTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func busy(_ duration: TimeAmount) {
        let end = NIODeadline.now() + duration
        while NIODeadline.now() < end {}
    }

    @Test func `turns are taken one behind the other, and leave the loop to others in between`() {
        let loop = EmbeddedEventLoop()
        let turns = TurnQueue(loop)
        var (taken, before): ([Int], [Int]) = ([], [])
        for number in 0..<100 {
            turns.add {
                taken.append(number)
                Self.busy(.microseconds(100))
            }
        }
        #expect(taken == [])
        for _ in 0..<1_000 where taken.count < 100 {
            loop.advanceTime(by: .microseconds(100))
            before.append(taken.count)
        }
        #expect(taken == Array(0..<100))
        // Half a millisecond's worth at a time.
        #expect(before.first ?? 100 <= 6)
        #expect(before.count > 10)
    }

    @Test func `large responses wait when others have taken half a millisecond since the loop looked at its sockets`() {
        let loop = EmbeddedEventLoop()
        let turns = TurnQueue(loop)
        turns.took(.microseconds(499))
        #expect(turns.hasRoom)
        turns.took(.microseconds(1))
        #expect(!turns.hasRoom)
        loop.run()
        #expect(turns.hasRoom)
    }

    @Test(arguments: [100, 20_000]) func `a large response that waits is sent in its turn, a small one at once`(
        size: Int
    )
        throws
    {
        let loop = ServerLoop.embedded()
        let connection = try EmbeddedConnection(on: loop) { _ in
            Response(200, .bytes([ByteBuffer(repeating: 0x41, count: size)]), [])
        }
        for _ in 0..<2 {
            loop.turns.took(.milliseconds(1))
            try connection.send(Self.get.utf8)
            var sent = try connection.received().count
            #expect((sent > 0) == (size == 100))
            for _ in 0..<3 { connection.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1)) }
            sent += try connection.received().count
            #expect(sent > size)
        }
    }

    @Test func `a request goes before those that another client has sent ahead`() throws {
        let loop = ServerLoop.embedded()
        let connections = try (0..<2).map { _ in try EmbeddedConnection(on: loop) { _ in .text("hello") } }
        func answers(_ connection: EmbeddedConnection) throws -> Int {
            String(decoding: try connection.received(), as: UTF8.self).ranges(of: "HTTP/1.1 200 OK").count
        }
        try connections[0].send(String(repeating: Self.get, count: 500).utf8)
        #expect(try answers(connections[0]) == 1)
        try connections[1].send(Self.get.utf8)
        #expect(try answers(connections[1]) == 1)
        var rest = 0
        for _ in 0..<5_000 where rest < 499 {
            connections[0].channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
            rest += try answers(connections[0])
        }
        #expect(rest == 499)
    }
}
