import Basics
import NIOCore
import NIOEmbedded
import Tape
import Testing

@testable import Serving

@Suite struct TurnQueueTests {
    private static let get = "GET /?limit=1&format=CSV HTTP/1.1\r\nHost: a\r\n\r\n"

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

    @Test func `large answers wait when others have taken half a millisecond since the loop looked at its sockets`() {
        let loop = EmbeddedEventLoop()
        let turns = TurnQueue(loop)
        turns.took(.microseconds(499))
        #expect(turns.hasRoom)
        turns.took(.microseconds(1))
        #expect(!turns.hasRoom)
        loop.run()
        #expect(turns.hasRoom)
    }

    @Test(arguments: [1, 1_000]) func `a large answer that waits is sent in its turn, a small one at once`(rows: Int)
        throws
    {
        let loop = EmbeddedEventLoop()
        let turns = TurnQueue(loop)
        let shortcut = Shortcut(
            answers: ListAnswers(clock: TapeClock(), mayLast: true), history: nil, onDemand: nil, orders: nil,
            date: DateField(), counts: RouteMetrics(), loop: loop)
        shortcut.show(try TestAPI.list(Minute(containing: .machineTime), rows: 1_000))
        let channel = EmbeddedChannel(loop: loop)
        try channel.pipeline.syncOperations.addHandler(
            ConnectionGuard(HTTPLimits(), budget: RequestBudget(most: 1_000_000), turns: turns, shortcut: shortcut))
        let request = ByteBuffer(string: "GET /?limit=\(rows) HTTP/1.1\r\nHost: a\r\n\r\n")
        // The second is known by its bytes.
        for _ in 0..<2 {
            turns.took(.milliseconds(1))
            try channel.writeInbound(request)
            var sent = 0
            while let part = try channel.readOutbound(as: ByteBuffer.self) { sent += part.readableBytes }
            #expect((sent > 0) == (rows == 1))
            for _ in 0..<3 { loop.advanceTime(by: .milliseconds(1)) }
            while let part = try channel.readOutbound(as: ByteBuffer.self) { sent += part.readableBytes }
            #expect(sent > (rows == 1 ? 100 : 16_000))
        }
    }

    @Test func `a request goes before those that another client has sent ahead`() throws {
        let loop = EmbeddedEventLoop()
        let turns = TurnQueue(loop)
        let shortcut = Shortcut(
            answers: ListAnswers(clock: TapeClock(), mayLast: true), history: nil, onDemand: nil, orders: nil,
            date: DateField(), counts: RouteMetrics(), loop: loop)
        shortcut.show(try TestAPI.list(Minute(containing: .machineTime), rows: 3))
        let channels = try (0..<2).map { _ in
            let channel = EmbeddedChannel(loop: loop)
            try channel.pipeline.syncOperations.addHandler(
                ConnectionGuard(
                    HTTPLimits(), budget: RequestBudget(most: 1_000_000), turns: turns, shortcut: shortcut))
            return channel
        }
        func answers(_ channel: EmbeddedChannel) throws -> Int {
            var count = 0
            while let part = try channel.readOutbound(as: ByteBuffer.self) {
                count += String(buffer: part).ranges(of: "HTTP/1.1 200 OK").count
            }
            return count
        }
        try channels[0].writeInbound(ByteBuffer(string: String(repeating: Self.get, count: 500)))
        #expect(try answers(channels[0]) == 1)
        try channels[1].writeInbound(ByteBuffer(string: Self.get))
        #expect(try answers(channels[1]) == 1)
        var rest = 0
        for _ in 0..<5_000 where rest < 499 {
            loop.advanceTime(by: .milliseconds(1))
            rest += try answers(channels[0])
        }
        #expect(rest == 499)
        for channel in channels { _ = try channel.finish(acceptAlreadyClosed: true) }
    }
}
