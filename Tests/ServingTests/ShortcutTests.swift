import Basics
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Orders
import PlainRequests
import Redis
import Tape
import TestSupport
import Testing
import TopLists

@testable import Serving

/// What is answered on the connection's event loop, without a socket.
@Suite struct ShortcutTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private let minute = Minute(containing: Timestamp.machineTime).advanced(byMinutes: -1)

    @Test func `answers a plain request for the newest list, and knows it again by its bytes`() throws {
        let connection = try GuardedConnection(list: list(rows: 3))
        for _ in 0..<3 {
            let answer = try #require(RawAnswer(connection.exchange(Self.get)))
            #expect(answer.status == 200)
            #expect(answer.text.hasPrefix("[{\"Rank\":1,"))
            #expect(answer["content-length"] == "\(answer.body.count)")
        }
        #expect(connection.passed.isEmpty)
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?datetime=now HTTP/1.1\r\nHost: a\r\n\r\n",
        "HEAD /?limit=0 HTTP/1.1\r\nHost: a\r\n\r\n", "PUT / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
    ])
    func `leaves everything else to the routes, and does not take it for known`(text: String) throws {
        let connection = try GuardedConnection(list: list(rows: 3))
        #expect(connection.exchange(text).isEmpty)
        #expect(connection.passed == text)
        let again = try GuardedConnection(list: list(rows: 3), after: connection)
        #expect(again.exchange(text).isEmpty)
        #expect(again.passed == text)
    }

    @Test func `refuses what cannot be understood without the routes, as often as it is asked`() throws {
        let connection = try GuardedConnection(list: nil)
        for request in ["GET /?limit=0", "GET /?n", "GET /?limit=0", "GET /?datetime=x&limit=1"] {
            let answer = try #require(RawAnswer(connection.exchange("\(request) HTTP/1.1\r\nHost: a\r\n\r\n")))
            #expect(answer.status == 422)
            #expect(answer["content-type"] == "application/problem+json")
        }
        #expect(connection.passed.isEmpty)
    }

    @Test func `without a list the routes answer, and with a newer one it is the newer`() throws {
        let connection = try GuardedConnection(list: nil)
        #expect(connection.exchange(Self.get).isEmpty)
        #expect(connection.passed == Self.get)
        let other = try GuardedConnection(list: list(rows: 3))
        let first = try #require(RawAnswer(other.exchange(Self.get)))
        other.shortcut.show(try list(rows: 2, minute.advanced(byMinutes: 1)))
        let second = try #require(RawAnswer(other.exchange(Self.get)))
        #expect(first["etag"] != second["etag"])
        #expect(second["content-length"] != first["content-length"])
        other.shortcut.show(try list(rows: 3))
        #expect(RawAnswer(other.exchange(Self.get))?["etag"] == second["etag"])
    }

    @Test func `an answer that is kept has the date and the age of the second in which it is sent`() throws {
        let connection = try GuardedConnection(list: list(rows: 3))
        let end = Timestamp.machineTime + .milliseconds(2100)
        var dates: Set<String> = []
        while Timestamp.machineTime < end {
            let before = Timestamp.machineTime
            let answer = try #require(RawAnswer(connection.exchange(Self.get)))
            let after = Timestamp.machineTime
            let (date, age) = (try #require(answer["date"]), try #require(answer["age"].flatMap { Int64($0) }))
            dates.insert(date)
            #expect([before.httpDate, after.httpDate].contains(date))
            // The tape's clock began at a whole millisecond, and may be one behind.
            let ages = [before - .milliseconds(1), after].map { (($0 - minute.start).milliseconds + 999) / 1000 }
            #expect((ages[0]...ages[1]).contains(age))
        }
        #expect(dates.count >= 3)
    }

    @Test(arguments: [
        (date: 7_250, age: 31_100, span: 749), (7_250, 31_600, 399), (7_999, 31_000, 0), (7_000, 31_500, 0),
        (7_400, -20, 0), (7_001, 1, 998),
    ])
    func `an answer is kept as long as its date and its age are surely the same second's`(
        date: Int, age: Int, span: Int
    ) {
        let answer = ImmediateAnswer(Answer(status: .ok, fields: [:], body: ByteBuffer()), date: "", isLast: false)
        let now = NIODeadline.now()
        let kept = ListRequest.Kept(
            answer, minute, age: .milliseconds(age), date: Timestamp(milliseconds: Int64(date)), now: now)
        #expect(kept.until - now == .milliseconds(Int64(span)))
    }

    @Test func `answers that are kept make room for others`() throws {
        func request(_ limit: Int) throws -> ListRequest {
            let text = "GET /?limit=\(limit) HTTP/1.1\r\nHost: a\r\n\r\n"
            let outline = try #require(RequestOutline(of: ByteBuffer(string: text), ListRequest.fields))
            return try #require(try ListRequest(outline))
        }
        func answer(_ size: Int) -> ListRequest.Kept {
            let answer = Answer(status: .ok, fields: [:], body: ByteBuffer(repeating: 0, count: size))
            let immediate = ImmediateAnswer(answer, date: "", isLast: false)
            return ListRequest.Kept(immediate, minute, age: .zero, date: .machineTime, now: .now())
        }
        var kept = KeptAnswers(capacity: 4000)
        let requests = try (1...3).map(request)
        for each in requests { kept.keep(answer(1500), of: each) }
        #expect(requests.map { $0.answer != nil } == [false, true, true])
        // One that takes another's place is counted once.
        for _ in 0..<9 { kept.keep(answer(1000), of: requests[1]) }
        #expect(requests.map { $0.answer != nil } == [false, true, true])
        kept.keep(answer(9000), of: requests[0])
        #expect(requests.allSatisfy { $0.answer == nil })
    }

    @Test func `a large body is compressed by the routes, a small one at once`() throws {
        let connection = try GuardedConnection(list: list(rows: 3_000))
        let head = "Host: a\r\nAccept-Encoding: gzip\r\n\r\n"
        #expect(RawAnswer(connection.exchange("GET /?limit=100 HTTP/1.1\r\n" + head))?["content-encoding"] == "gzip")
        #expect(connection.passed.isEmpty)
        #expect(connection.exchange("GET /?limit=3000 HTTP/1.1\r\n" + head).isEmpty)
        #expect(connection.passed.hasPrefix("GET /?limit=3000"))
    }

    @Test func `an order is placed without the routes, and its answer says when it is the last`() async throws {
        let redis = RedisClient.ofNothing()
        let desk = OrderDesk(
            redis: redis, keys: TapeKeys(), confirmation: nil, maxRateAge: .seconds(1),
            horizon: LedgerHorizon(), clock: TapeClock())
        let route = PlaceOrderRoute(desk: desk, rates: CurrentRates(), maxRateAge: .seconds(1), clock: TapeClock())
        for (head, isLast) in [("", false), ("Connection: close\r\n", true)] {
            let channel = NIOAsyncTestingChannel()
            let routes = PassedBytes()
            try await channel.testingEventLoop.executeInContext {
                let shortcut = Shortcut(
                    answers: ListAnswers(clock: TapeClock(), mayLast: true), history: .nowhere(redis), onDemand: nil,
                    orders: OrderShortcut(route: route), date: DateField(), counts: RouteMetrics(),
                    loop: channel.testingEventLoop)
                try channel.pipeline.syncOperations.addHandlers([
                    ConnectionGuard(HTTPLimits(), on: channel.testingEventLoop, shortcut: shortcut), routes.handler(),
                ])
            }
            let body = #"{"currency":"USD","amount":"1","idempotence_key":"k"}"#
            try await channel.writeInbound(
                ByteBuffer(string: "PUT /buy_order HTTP/1.1\r\nHost: a\r\n\(head)Content-Length: 53\r\n\r\n\(body)"))
            var sent: ByteBuffer?
            try await eventually(within: .seconds(10), "an answer; \(routes.count) bytes came to the routes") {
                await channel.testingEventLoop.run()
                sent = try await channel.readOutbound(as: ByteBuffer.self)
                return sent != nil
            }
            let answer = try #require(sent.flatMap { RawAnswer(Array($0.readableBytesView)) })
            #expect(answer.status == 503 && answer.text.contains("orders-unavailable"))
            #expect((answer["connection"] == "close") == isLast)
            #expect(routes.count == 0)
        }
    }

    @Test func `thousands that are sent ahead are answered in order, around what the routes answer`() throws {
        let connection = try GuardedConnection(list: list(rows: 300))
        let (one, other) = (Self.get, "GET /?limit=1&format=CSV HTTP/1.1\r\nHost: a\r\n\r\n")
        let text = String(decoding: connection.exchange(String(repeating: one + other, count: 900)), as: UTF8.self)
        let (json, csv) = (text.ranges(of: "application/json"), text.ranges(of: "text/csv"))
        #expect(json.count == 900 && csv.count == 900)
        #expect(zip(json, csv).allSatisfy { $0.lowerBound < $1.lowerBound })
        let healthz = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
        let before = String(decoding: connection.exchange(one + healthz + one), as: UTF8.self)
        #expect(before.ranges(of: "HTTP/1.1 200").count == 1)
        #expect(connection.passed == healthz)
    }

    @Test func `a body with the bytes of what was asked before is a body`() throws {
        let connection = try GuardedConnection(list: list(rows: 3))
        #expect(RawAnswer(connection.exchange(Self.get))?.status == 200)
        let head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: \(Self.get.utf8.count)\r\n\r\n"
        #expect(connection.exchange(head).isEmpty)
        #expect(connection.exchange(Self.get).isEmpty)
        #expect(connection.passed == head + Self.get)
    }

    private func list(rows: Int, _ minute: Minute? = nil) throws -> ServedList {
        try TestAPI.list(minute ?? self.minute, rows: rows)
    }
}

extension RedisClient {
    /// Nothing listens there.
    fileprivate static func ofNothing() -> RedisClient {
        RedisClient(
            RedisEndpoint(address: .tcp(host: "127.0.0.1", port: 1)), group: MultiThreadedEventLoopGroup.singleton,
            logger: .silent)
    }
}

extension ListHistory {
    /// Has nothing, and finds nothing.
    fileprivate static func nowhere(_ redis: RedisClient) -> ListHistory {
        let clock = TapeClock()
        return ListHistory(
            loader: ListLoader(
                stream: "toplist", columns: [], keys: TapeKeys(), small: redis, large: redis, clock: clock),
            capacity: 0, logger: .silent)
    }
}
