import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

/// Bodies that are made while they are sent, over real sockets.
@Suite(.tags(.load)) struct StreamTests {
    @Test func `a body without a length is sent in chunks, and the connection goes on`() async throws {
        let server = try await TestServer { _ in
            .stream(
                BodyStream { writer in
                    for number in 1...3 { try await writer.write(ByteBuffer(string: "part \(number)\n")) }
                    try await writer.write(ByteBuffer())
                })
        }
        let connection = try await RawConnection(port: server.port)
        for count in 1...2 {
            connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("the body has ended") {
                connection.text.ranges(of: "\r\n0\r\n\r\n").count == count
            }
        }
        #expect(connection.text.ranges(of: "Transfer-Encoding: chunked\r\n").count == 2)
        #expect(connection.text.contains("\r\n\r\n7\r\npart 1\n\r\n7\r\npart 2\n\r\n7\r\npart 3\n\r\n0\r\n\r\n"))
        #expect(!connection.text.contains("Content-Length"))
    }

    @Test func `a body is made off the event loops: others do not wait for what it reckons`() async throws {
        let places = Mutex<[Bool]>([])
        let server = try await TestServer { _ in
            .stream(
                BodyStream { writer in
                    for _ in 0..<3 {
                        places.withLock { $0.append(MultiThreadedEventLoopGroup.currentEventLoop == nil) }
                        try await writer.write(ByteBuffer(string: "part"))
                    }
                })
        }
        let answer = try #require(try await RawAnswer.of(server.port, "/"))
        #expect(answer.status == 200 && places.withLock(\.self) == [true, true, true])
    }

    @Test func `HTTP/1.0 has the bytes as they are, and the end of the connection`() async throws {
        let server = try await TestServer { _ in
            .stream(BodyStream { try await $0.write(ByteBuffer(string: "hello")) })
        }
        let connection = try await RawConnection(port: server.port)
        connection.send("GET / HTTP/1.0\r\n\r\n")
        try await connection.ends()
        let answer = try #require(RawAnswer(connection.received))
        #expect(answer.text == "hello" && answer["transfer-encoding"] == nil && answer["connection"] == "close")
    }

    @Test func `HEAD makes no body`() async throws {
        let isMade = Flag()
        let server = try await TestServer { _ in .stream(BodyStream { _ in isMade.set() }) }
        let answer = try #require(try await RawAnswer.of(server.port, "/", method: "HEAD"))
        #expect(answer.status == 200 && answer.body.isEmpty && !isMade.isSet)
    }

    @Test(arguments: [(5, true), (4, false), (6, false)])
    func `a body that is not as long as it says ends the connection`(
        length: Int, isWhole: Bool
    ) async throws {
        let server = try await TestServer { _ in
            .stream(BodyStream(length: length) { try await $0.write(ByteBuffer(string: "hello")) })
        }
        let connection = try await RawConnection(port: server.port)
        connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        if isWhole {
            try await eventually("the body is there") { connection.text.hasSuffix("\r\n\r\nhello") }
            connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            try await connection.ends()
            #expect(connection.text.ranges(of: "hello").count == 2)
        } else {
            try await connection.ends()
            #expect(connection.text.contains("Content-Length: \(length)\r\n"))
            #expect(connection.text.components(of: "\r\n\r\n").last?.utf8.count != length)
        }
    }

    @Test func `a body that fails ends the connection before its last chunk`() async throws {
        let server = try await TestServer { _ in
            .stream(
                BodyStream { writer in
                    try await writer.write(ByteBuffer(string: "hello"))
                    throw CancellationError()
                })
        }
        let connection = try await RawConnection(port: server.port)
        connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        try await connection.ends()
        #expect(connection.text.hasSuffix("5\r\nhello\r\n"))
    }

    @Test func `a client that reads nothing holds up its own body, and no memory`() async throws {
        let written = Count()
        let server = try await TestServer { request in
            if request.path == "/small" { return .bytes([ByteBuffer(string: "small")]) }
            return .stream(
                BodyStream { writer in
                    for _ in 0..<10_000 {
                        try await writer.write(ByteBuffer(repeating: 0x41, count: 100_000))
                        written.add(1)
                    }
                })
        }
        let client = try BlockingClient(port: server.port)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        // As much as the kernel takes on both sides, and no more.
        var before = -1
        try await eventually(every: .milliseconds(300), "the body is held up") {
            defer { before = written.value }
            return before > 0 && written.value == before
        }
        #expect(written.value < 500)
        #expect(try await RawAnswer.of(server.port, "/small")?.text == "small")
        withExtendedLifetime(client) {}
    }

    @Test func `a client that does not read a response that came late loses its connection`() async throws {
        var limits = HTTPLimits()
        (limits.idleTimeout, limits.responseTimeout) = (.milliseconds(100), .milliseconds(300))
        // More than the kernel takes on both sides.
        let large = [ByteBuffer](repeating: ByteBuffer(repeating: 0x41, count: 1_000_000), count: 300)
        let server = try await TestServer(limits, maxConnections: 1) { request, loop in
            guard request.path == "/late" else { return .ready(.text("next")) }
            // The connection's timer has gone off by then.
            let late = loop.loop.scheduleTask(in: .milliseconds(300)) { Response(200, .bytes(large), []) }
            return .pending(late.futureResult)
        }
        let client = try BlockingClient(port: server.port)
        client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        // There is room for one connection: the next has its answer when the first has ended.
        #expect(try await RawAnswer.of(server.port, "/")?.text == "next")
        withExtendedLifetime(client) {}
    }

    @Test(arguments: [1, 2, 5])
    func `a client that has ended its side still hears why its last request was refused`(good: Int) async throws {
        let server = try await TestServer { _ in .bytes([ByteBuffer(repeating: 0x41, count: 300_000)]) }
        let port = server.port
        let text = try await onThread {
            let client = try BlockingClient(port: port)
            let requests =
                String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: good) + "GET / HTTP/1.1\r\n\r\n"
            client.send(requests.utf8)
            client.endSending()
            return String(decoding: try client.rest(), as: UTF8.self)
        }
        #expect(text.ranges(of: "HTTP/1.1 200 OK\r\n").count == good)
        #expect(text.ranges(of: "HTTP/1.1 400 Bad Request\r\n").count == 1)
        #expect(text.hasSuffix("}\n") || text.hasSuffix("}"))
        withExtendedLifetime(server) {}
    }

    @Test func `a client that has gone ends the making of its body, which finds out when it writes`() async throws {
        let (began, ended) = (Flag(), Flag())
        let server = try await TestServer { _ in
            .stream(
                BodyStream { writer in
                    try await writer.write(ByteBuffer(string: "hello"))
                    began.set()
                    defer { ended.set() }
                    while true { try await writer.write(ByteBuffer(string: "hello")) }
                })
        }
        do {
            let connection = try await RawConnection(port: server.port)
            connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            try await eventually("it has begun") { began.isSet }
            connection.close()
        }
        try await eventually("it has ended") { ended.isSet }
    }
}

extension String {
    fileprivate func components(of separator: String) -> [Substring] { split(separator: separator) }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}

private final class Count: Sendable {
    private let count = Atomic(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add(_ number: Int) { count.add(number, ordering: .relaxed) }
}

/// A server on a free port, that ends with its owner.
private final class TestServer: Sendable {
    let port: Int
    private let task: Task<Void, any Error>

    convenience init(_ body: @escaping @Sendable (Request) -> Response.Body) async throws {
        try await self.init { request, _ in .ready(Response(200, body(request), [])) }
    }

    init(
        _ limits: HTTPLimits = HTTPLimits(), maxConnections: Int = 100,
        respond: @escaping @Sendable (Request, ServerLoop) -> Answer.Outcome
    ) async throws {
        let listening = AsyncStream<Int>.makeStream()
        let server = HTTPServer(
            [ListenAddress(host: "127.0.0.1", port: 0)], limits: limits, maxConnections: maxConnections,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { address in
            listening.continuation.yield(address.port)
        } makeResponder: { loop in
            ClosureResponder { respond($0, loop) }
        }
        task = Task { try await server.run() }
        var ports = listening.stream.makeAsyncIterator()
        port = try #require(await ports.next())
    }

    deinit {
        task.cancel()
    }
}
