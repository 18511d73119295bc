import Basics
import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Orders
import PlainRequests
import Redis
import Synchronization
import Tape
import TestSupport
import Testing
import TopLists

@testable import Serving

/// What is answered on the connection's event loop, against what the routes answer.
@Suite struct ShortcutTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private let minute = Minute(containing: Timestamp.machineTime).advanced(byMinutes: -1)

    // MARK: Without a socket

    @Test func `answers a plain request for the newest list, and knows it again by its bytes`() throws {
        let connection = try Connection(list: list(rows: 3))
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
        "GET /?limit=0 HTTP/1.1\r\nHost: a\r\n\r\n", "PUT / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\n\r\n",
    ])
    func `leaves everything else to the routes, and does not take it for known`(text: String) throws {
        let connection = try Connection(list: list(rows: 3))
        #expect(connection.exchange(text).isEmpty)
        #expect(connection.passed == text)
        let again = try Connection(list: list(rows: 3), after: connection)
        #expect(again.exchange(text).isEmpty)
        #expect(again.passed == text)
    }

    @Test func `without a list the routes answer, and with a newer one it is the newer`() throws {
        let connection = try Connection(list: nil)
        #expect(connection.exchange(Self.get).isEmpty)
        #expect(connection.passed == Self.get)
        let other = try Connection(list: list(rows: 3))
        let first = try #require(RawAnswer(other.exchange(Self.get)))
        other.shortcut.show(try list(rows: 2, minute.advanced(byMinutes: 1)))
        let second = try #require(RawAnswer(other.exchange(Self.get)))
        #expect(first["etag"] != second["etag"])
        #expect(second["content-length"] != first["content-length"])
        other.shortcut.show(try list(rows: 3))
        #expect(RawAnswer(other.exchange(Self.get))?["etag"] == second["etag"])
    }

    @Test func `an answer that is kept has the date and the age of the second in which it is sent`() throws {
        let connection = try Connection(list: list(rows: 3))
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
            return try #require(ListRequest(outline))
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
        let connection = try Connection(list: list(rows: 3_000))
        let head = "Host: a\r\nAccept-Encoding: gzip\r\n\r\n"
        #expect(RawAnswer(connection.exchange("GET /?limit=100 HTTP/1.1\r\n" + head))?["content-encoding"] == "gzip")
        #expect(connection.passed.isEmpty)
        #expect(connection.exchange("GET /?limit=3000 HTTP/1.1\r\n" + head).isEmpty)
        #expect(connection.passed.hasPrefix("GET /?limit=3000"))
    }

    @Test func `an order is placed without the routes, and its answer says when it is the last`() async throws {
        let redis = RedisClient.ofNothing()
        let desk = OrderDesk(
            redis: redis, keys: TapeKeys(),
            acknowledgement: Acknowledgement(replicas: 0, fsync: false, timeout: .seconds(1)), maxRateAge: .seconds(1),
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
                    ConnectionGuard(HTTPLimits(), shortcut: shortcut), routes.handler(),
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
        let connection = try Connection(list: list(rows: 300))
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

    /// How many requests are made, when it is not the few of each test run: a million is for hands, COINTAPE_FUZZ=1000000.
    private static let asked = ProcessInfo.processInfo.environment["COINTAPE_FUZZ"].flatMap { Int($0) }

    @Test func `however the bytes come, the answers are the same`() async throws {
        // So long ago that nothing of its answers changes meanwhile but the age.
        let old = minute.advanced(byMinutes: -10)
        let (count, list) = (Self.asked ?? 300, try list(rows: 20, old))
        let differences = try await inHalves { half in
            var maker = RequestMaker(
                seed: UInt64(half) + 11, tags: ["\"x\""], modified: old.start.httpDate, minute: "\(old)")
            return try (0..<count / 2).compactMap { _ in
                let request = maker.next().bytes
                return try Self.isSameHoweverItComes(request, list) ? nil : String(decoding: request, as: UTF8.self)
            }
        }
        #expect(differences.isEmpty, "such as \(differences.first ?? "none")")
    }

    @Test func `a request whose body does not come is the same however its head comes`() throws {
        let head =
            "GET /?limit=2&datetime=-1m HTTP/1.1\r\nHost: a\r\nExpect:100-continue\r\nTransfer-Encoding:\tchunked\r\n\r\n"
        #expect(try Self.isSameHoweverItComes(Array(head.utf8), list(rows: 20)))
    }

    /// In two pieces, cut at every byte, and byte by byte.
    private static func isSameHoweverItComes(_ request: [UInt8], _ list: ServedList) throws -> Bool {
        let whole = try Connection(list: list)
        let expected = Normal.finalAnswer(whole.exchange(request))
        let cuts = try (1..<request.count).allSatisfy { cut in
            let halves = try Connection(list: list, after: whole)
            let first = halves.exchange(request[..<cut])
            let answer = Normal.finalAnswer(first + halves.exchange(request[cut...]))
            return answer == expected && halves.passed == whole.passed
        }
        let bytes = try Connection(list: list)
        let answers = request.flatMap { bytes.exchange([$0]) }
        return cuts && Normal.finalAnswer(answers) == expected && bytes.passed == whole.passed
    }

    private func inHalves<Found: Sendable>(
        _ find: @escaping @Sendable (Int) throws -> [Found]
    ) async throws -> [Found] {
        try await withThrowingTaskGroup(of: [Found].self) { group in
            for half in 0..<2 { group.addTask { try await onThread { try find(half) } } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    // MARK: Beside the routes

    @Test func `the routes give the same answers, byte for byte`() async throws {
        let count = Self.asked ?? 4_000
        let redis = try await TestRedis()
        let (short, long) = (
            try await TestAPI(redis: redis), try await TestAPI(http: #"{"shortcut": false}"#, redis: redis)
        )
        try await short.publish(minute)
        let served = try list(rows: 200)
        for api in [short, long] {
            try await eventually("the list is served") { try await api.get("/")["etag"] != nil }
        }
        let tags = [
            try await long.get("/")["etag"], try await long.get("/?limit=3&format=CSV")["etag"],
            try await long.get("/?limit=200", ["Accept-Encoding: gzip"])["etag"],
        ].compactMap(\.self)
        let (minute, ports) = (minute, (short.port, long.port))
        let halves = try await inHalves { half in
            let maker = RequestMaker(
                seed: UInt64(half) + 21, tags: tags, modified: minute.start.httpDate, minute: "\(minute)")
            return [try Self.compare(count / 2, maker, ports, served)]
        }
        let differences = halves.flatMap(\.differences)
        let wrong = differences.count
        #expect(wrong == 0, "such as \(differences.first ?? "none")")
        // Otherwise it would be the routes against the routes.
        #expect(halves.reduce(0) { $0 + $1.immediate } > count / 3)
    }

    private struct Comparison {
        /// How many requests needed no route.
        var immediate = 0
        var differences: [String] = []

        mutating func expect(_ answer: [UInt8], _ expected: [UInt8], _ request: RequestMaker.Request) {
            guard Normal.answer(answer) != Normal.answer(expected) else { return }
            differences.append(
                [request.bytes, answer, expected].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n"))
        }
    }

    private static func compare(
        _ count: Int, _ requests: RequestMaker, _ ports: (Int, Int), _ list: ServedList
    ) throws -> Comparison {
        var maker = requests
        var (short, long) = (try Side(port: ports.0), try Side(port: ports.1))
        var comparison = Comparison()
        for _ in 0..<count {
            let request = maker.next()
            let split = maker.split(of: request.bytes)
            var (answer, expected) = ([UInt8](), [UInt8]())
            // What is asked for now is another list when a minute ends between the two; their clocks may differ a little.
            var began: Timestamp
            repeat {
                began = .machineTime - .milliseconds(100)
                answer = try short.answer(to: request, split)
                expected = try long.answer(to: request, nil)
            } while Minute(containing: began) != Minute(containing: .machineTime)
            comparison.expect(answer, expected, request)
            let connection = try Connection(list: list)
            let immediate = connection.exchange(request.bytes)
            guard connection.passed.isEmpty, request.isPlain, !immediate.isEmpty else { continue }
            comparison.expect(immediate, expected, request)
            comparison.immediate += 1
        }
        return comparison
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
            reader: StreamReader(key: "toplist", redis: redis, clock: clock),
            loader: ListLoader(
                stream: "toplist", columns: [], keys: TapeKeys(), small: redis, large: redis, clock: clock),
            capacity: 0, logger: .silent)
    }
}

/// A connection of one side of the comparison, and another when it has ended.
private struct Side {
    private let port: Int
    private var client: BlockingClient

    init(port: Int) throws {
        self.port = port
        client = try BlockingClient(port: port)
    }

    mutating func answer(to request: RequestMaker.Request, _ split: Int?) throws -> [UInt8] {
        if !request.isPlain { client = try BlockingClient(port: port) }
        if let split {
            client.send(request.bytes[..<split])
            client.send(request.bytes[split...])
        } else {
            client.send(request.bytes)
        }
        // What is broken may be no request, one, or more: all that comes of it is its answer.
        if !request.isPlain { client.endSending() }
        let answer = try request.isPlain ? client.answer(toHEAD: request.isHEAD) : client.rest()
        let isLast = String(decoding: answer, as: UTF8.self).contains("\r\nConnection: close\r\n")
        if isLast || client.hasEnded || !request.isPlain { client = try BlockingClient(port: port) }
        return answer
    }
}

/// A guarded connection without a socket, and what the guard lets through to the routes.
private final class Connection {
    private final class Routes: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        var passed: [UInt8] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            passed += unwrapInboundIn(data).readableBytesView
        }
    }

    let shortcut: Shortcut
    private let channel: EmbeddedChannel
    private let routes = Routes()

    var passed: String { String(decoding: routes.passed, as: UTF8.self) }

    /// With what the other connection's loop knows already.
    init(list: ServedList?, after other: Connection? = nil) throws {
        let answers = ListAnswers(clock: TapeClock(), mayLast: true)
        shortcut =
            other?.shortcut
            ?? Shortcut(
                answers: answers, history: nil, onDemand: nil, orders: nil, date: DateField(), counts: RouteMetrics(),
                loop: EmbeddedEventLoop())
        if let list { shortcut.show(list) }
        channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([ConnectionGuard(HTTPLimits(), shortcut: shortcut), routes])
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    func exchange(_ text: String) -> [UInt8] { exchange(Array(text.utf8)) }

    /// What is sent back at once.
    func exchange(_ bytes: some Collection<UInt8>) -> [UInt8] {
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        var sent: [UInt8] = []
        while let part = try? channel.readOutbound(as: ByteBuffer.self) { sent += part.readableBytesView }
        return sent
    }
}

/// Answers without what differs from one moment to the next.
private enum Normal {
    static func answer(_ bytes: [UInt8]) -> [UInt8] {
        var (output, rest) = ([UInt8](), bytes[...])
        while let end = rest.firstIndex(of: 0x0A) {
            let line = rest[...end]
            rest = rest[(end + 1)...]
            let name = line.prefix { $0 != UInt8(ascii: ":") }
            let isPassing = passing.contains { name.elementsEqual($0) }
            output += isPassing ? Array(name) + [0x0A] : Array(line)
        }
        return output + rest
    }

    /// Whose body does not come with the head may be told to send it (RFC 9110, section 10.1.1).
    static func finalAnswer(_ bytes: [UInt8]) -> [UInt8] {
        answer(bytes.starts(with: goOn) ? Array(bytes[goOn.count...]) : bytes)
    }

    private static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
    private static let passing = ["Date", "Age", "X-Accel-Expires"].map { Array($0.utf8) }
}
