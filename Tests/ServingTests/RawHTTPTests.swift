import Foundation
import HTTPServer
import Synchronization
import TestSupport
import Testing

@testable import Serving

/// What goes over the wire, byte by byte.
@Suite(.tags(.load)) struct RawHTTPTests {
    private static let get = "GET /healthz HTTP/1.1\r\nHost: a\r\n"

    /// The answer to these bytes, with which the connection must end.
    private func last(_ api: TestAPI, _ text: String) async throws -> RawAnswer {
        let connection = try await api.connect()
        connection.send(text)
        try await connection.ends()
        let answer = try #require(RawAnswer(connection.received), "\(text.prefix(100)): \(connection.text)")
        #expect(connection.text.ranges(of: "HTTP/1.1 ").count == 1)
        return answer
    }

    private func expectProblem(_ answer: RawAnswer, _ status: Int, _ note: String = "") throws {
        #expect(answer.status == status, "\(note)")
        #expect(answer["content-type"] == "application/problem+json")
        #expect(answer["cache-control"] == "no-store")
        #expect(answer["connection"] == "close")
        #expect(answer["content-length"] == "\(answer.body.count)")
        #expect(answer["date"] != nil)
        let problem = try #require(try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        #expect(problem["status"] as? Int == status)
    }

    @Test func `limits are kept to the byte, and what is beyond them ends the connection`() async throws {
        let api = try await TestAPI()
        for (length, status) in [(7999, 404), (8000, 404), (8001, 414)] {
            let target = "/" + String(repeating: "a", count: length - 1)
            let answer = try await last(api, "GET \(target) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            try expectProblem(answer, status, "a target of \(length)")
        }
        for (length, status) in [(15_999, 200), (16_000, 200), (16_001, 431)] {
            let head = Self.get + "Connection: close\r\nA: "
            let filler = String(repeating: "a", count: length - head.utf8.count - 4)
            let answer = try await last(api, head + filler + "\r\n\r\n")
            #expect(answer.status == status, "a head of \(length)")
        }
        for (count, status) in [(99, 200), (100, 200), (101, 431)] {
            let fields = String(repeating: "A: 1\r\n", count: count - 2)
            let answer = try await last(api, Self.get + "Connection: close\r\n" + fields + "\r\n")
            #expect(answer.status == status, "\(count) fields")
        }
        for (length, status) in [(63_999, 200), (64_000, 200), (64_001, 413)] {
            let body = String(repeating: "a", count: length)
            let announced = try await last(
                api, Self.get + "Connection: close\r\nContent-Length: \(length)\r\n\r\n" + (status == 200 ? body : ""))
            #expect(announced.status == status, "a body of \(length)")
            let size = String(length, radix: 16)
            let chunked = try await last(
                api,
                Self.get + "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\n\(body)\r\n0\r\n\r\n")
            #expect(chunked.status == status, "a chunked body of \(length)")
        }
        try expectProblem(try await last(api, "GET /" + String(repeating: "a", count: 9000)), 414)
        try expectProblem(try await last(api, Self.get + "A: " + String(repeating: "a", count: 17_000)), 431)
        try expectProblem(try await last(api, Self.get + "Content-Length: 64001\r\n\r\n"), 413)
    }

    @Test func `requests that are not whole hold so much together, and small ones are answered all the same`()
        async throws
    {
        let api = try await TestAPI(http: #"{"max_body": "48kB", "max_unfinished": "70kB"}"#)
        let begun = "PUT /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 48000\r\n\r\n"
        let rest = String(repeating: "a", count: 44_000)
        let both = [try await api.connect(), try await api.connect()]
        for connection in both { connection.send(begun + rest) }
        // Whichever came later finds no room.
        try await eventually(within: .seconds(20), "one is refused") {
            both.contains { RawAnswer($0.received) != nil }
        }
        let answers = both.compactMap { RawAnswer($0.received) }
        try #require(answers.count == 1)
        try expectProblem(answers[0], 503)
        #expect(answers[0]["retry-after"] == "1")
        #expect(try await last(api, Self.get + "Connection: close\r\n\r\n").status == 200)
        let first = try #require(both.first { RawAnswer($0.received) == nil })
        first.send(String(repeating: "a", count: 4_000))
        try await eventually(within: .seconds(10), "the first is answered") { RawAnswer(first.received)?.status == 405 }
        // What it held is there for others.
        let third = try await api.connect()
        third.send(begun + rest + String(repeating: "a", count: 4_000))
        try await eventually(within: .seconds(10), "another is answered") { RawAnswer(third.received)?.status == 405 }
    }

    @Test func `who sends thousands of requests ahead and reads nothing keeps nobody else from being answered`()
        async throws
    {
        let api = try await TestAPI()
        let greedy = try (0..<20).map { _ in try BlockingClient(port: api.port) }
        for client in greedy { client.send(Array(String(repeating: Self.get + "\r\n", count: 1_500).utf8)) }
        #expect(try await last(api, Self.get + "Connection: close\r\n\r\n").status == 200)
        for client in greedy { client.endSending() }
        for client in greedy {
            let text = String(decoding: try client.rest(), as: UTF8.self)
            #expect(text.ranges(of: "HTTP/1.1 200 OK").count == 1_500)
        }
    }

    @Test(arguments: [
        "hello\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}", "GET /healthz HTTP/1.1\nHost: a\n\n", "GET /healthz HTTP/1.1\r\n\r\n",
        get + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        get + "Content-Length: 0\r\nContent-Length: 36\r\n\r\n", get + "A: 1\r\n folded\r\n\r\n",
        get + "A: \u{0}\r\n\r\n",
        "GE\u{0}T /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "G@T /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
        get + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", get + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    ])
    func `what is no request is answered by 400, and nothing behind it is answered`(text: String) async throws {
        let api = try await TestAPI()
        try expectProblem(try await last(api, text + Self.get + "\r\n" + Self.get + "\r\n"), 400, text)
        // Behind a good request its answer comes first.
        let connection = try await api.connect()
        connection.send(Self.get + "\r\n" + text + Self.get + "\r\n")
        try await connection.ends()
        #expect(connection.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(connection.text.ranges(of: "HTTP/1.1 ").count == 2)
        #expect(connection.text.contains("alive\nHTTP/1.1 400 Bad Request\r\n"))
    }

    @Test func `other methods, versions and codings have their own status`() async throws {
        let api = try await TestAPI()
        for (text, status) in [
            ("QUERY / HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 405),
            ("GET / HTTP/2.0\r\n", 505), (Self.get + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
        ] {
            try expectProblem(try await last(api, text), status, text)
        }
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
            for path in ["/", "/healthz", "/readyz", "/openapi.yaml"] {
                let answer = try await api.get(path, method: method)
                try expectProblem(answer, 405, method)
                #expect(answer["allow"] == "GET, HEAD")
            }
        }
        #expect(try await last(api, "CONNECT a:1 HTTP/1.0\r\n\r\n")["allow"] == "GET, HEAD, PUT")
        let star = try await last(api, "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(star.status == 405)
    }

    @Test func `HEAD has the headers of GET and no body, also of an error`() async throws {
        let api = try await TestAPI()
        for target in ["/", "/healthz", "/readyz", "/openapi.yaml", "/?limit=x", "/nothing"] {
            let (get, head) = (try await api.get(target), try await api.get(target, method: "HEAD"))
            #expect(head.status == get.status)
            #expect(head.body.isEmpty && !get.body.isEmpty)
            for name in ["content-type", "content-length", "cache-control", "etag", "vary", "retry-after"] {
                #expect(head[name] == get[name], "\(target): \(name)")
            }
        }
        let refused = try await last(api, "HEAD / HTTP/1.1\r\n\r\n")
        #expect(refused.status == 400)
        #expect(refused.body.isEmpty)
        #expect(refused["content-length"] != "0")
    }

    @Test func `requests that are sent ahead are answered in their order on one connection`() async throws {
        let api = try await TestAPI()
        let connection = try await api.connect()
        let chunked = "Transfer-Encoding: chunked\r\n\r\n3\r\nGET\r\n0\r\n\r\n"
        connection.send(Self.get + "\r\n" + "GET /nothing HTTP/1.1\r\nHost: a\r\n" + chunked)
        connection.send("\r\n" + Self.get + "Content-Length: 4\r\n\r\nGET ")
        try await connection.receives("HTTP/1.1 ", times: 3)
        #expect(
            connection.text.ranges(of: /HTTP\/1\.1 (200|404)/).map { connection.text[$0].suffix(3) } == [
                "200", "404", "200",
            ])
        #expect(!connection.hasEnded)
        for byte in (Self.get + "\r\n").utf8 { connection.send([byte]) }
        try await connection.receives("HTTP/1.1 200", times: 3)
        #expect(!connection.hasEnded)
    }

    @Test func `a connection ends when the client says so, or speaks HTTP/1.0`() async throws {
        let api = try await TestAPI()
        for text in [
            "GET /healthz HTTP/1.0\r\n\r\n", Self.get + "Connection: Keep-Alive, Close\r\n\r\n",
            Self.get + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n",
        ] {
            let answer = try await last(api, text)
            #expect(answer.status == 200)
            #expect(answer["connection"] == "close")
            #expect(answer.text == "alive\n")
        }
    }

    @Test func `asks for a body that waits for it`() async throws {
        let api = try await TestAPI()
        let connection = try await api.connect()
        connection.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        try await connection.receives("HTTP/1.1 100 Continue\r\n\r\n")
        connection.send("abc")
        try await connection.receives("HTTP/1.1 405")
    }

    @Test func `what is not whole in its time is answered by 408, and what is idle is closed`() async throws {
        // A client of a busy machine takes a while between connecting and speaking.
        let api = try await TestAPI(
            http: #"{"head_timeout": "500ms", "body_timeout": "500ms", "idle_timeout": "3s"}"#)
        let idle = try await api.connect()
        try expectProblem(try await last(api, "GET / HT"), 408)
        try expectProblem(try await last(api, Self.get + "Content-Length: 3\r\n\r\nab"), 408)
        // Drops do not win time.
        let drip = try await api.connect()
        drip.send(Self.get)
        let start = ContinuousClock.now
        try await eventually("the dripping client is sent away") {
            drip.send("a: 1\r\n")
            return drip.hasEnded || drip.text.contains("408")
        }
        #expect(ContinuousClock.now - start < .seconds(5))
        try await idle.ends()
        #expect(idle.received.isEmpty)
        let kept = try await api.connect()
        kept.send(Self.get + "\r\n")
        try await kept.receives("alive")
        try await kept.ends()
    }

    @Test func `clients that say nothing hold nobody up`() async throws {
        let api = try await TestAPI(http: #"{"head_timeout": "10m"}"#)
        var slow: [RawConnection] = []
        for index in 0..<300 {
            let connection = try await api.connect()
            if index.isMultiple(of: 2) { connection.send("GET /healthz HT") }
            slow.append(connection)
        }
        let start = ContinuousClock.now
        for _ in 0..<20 { #expect(try await api.get("/healthz").status == 200) }
        // Whoever waits for those that say nothing waits for 75 seconds.
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(slow.allSatisfy { !$0.hasEnded })
    }

    @Test func `takes as many connections as it may; another waits for one to end`() async throws {
        let api = try await TestAPI(http: #"{"max_connections": 3}"#)
        var held: [RawConnection] = []
        for _ in 0..<3 {
            let connection = try await api.connect()
            connection.send(Self.get + "\r\n")
            try await connection.receives("alive")
            held.append(connection)
        }
        let fourth = try await api.connect()
        fourth.send(Self.get + "\r\n")
        held[0].send(Self.get + "\r\n")
        try await held[0].receives("alive", times: 2)
        #expect(fourth.received.isEmpty)
        held[1].close()
        try await fourth.receives("alive")
    }

    @Test func `an api that ends closes what is idle, and answers what was begun`() async throws {
        let api = try await TestAPI()
        let (idle, begun, stuck) = (try await api.connect(), try await api.connect(), try await api.connect())
        idle.send(Self.get + "\r\n")
        try await idle.receives("alive")
        for connection in [begun, stuck] {
            connection.send(Self.get + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n")
            try await connection.receives("100 Continue")
        }
        let end = Task { try await api.shutDown() }
        try await idle.ends()
        begun.send("x")
        try await begun.ends()
        #expect(begun.text.contains("HTTP/1.1 200 OK"))
        #expect(begun.text.contains("Connection: close"))
        // Who does not finish is not waited for long.
        try await end.value
        try await stuck.ends()
    }

    /// A connection that was taken and that nobody serves any more once brought the process down.
    @Test func `an api that ends while clients come ends well`() async throws {
        for round in 0..<20 {
            let api = try await TestAPI()
            let port = api.port
            let taken = (0..<2).map { _ in Count() }
            let clients = taken.map { taken in
                Task {
                    try await onThread {
                        while true {
                            let some = (0..<50).compactMap { _ in try? BlockingClient(port: port) }
                            if some.isEmpty { return }
                            taken.value.add(some.count, ordering: .relaxed)
                            for client in some {
                                client.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".utf8)
                            }
                            for client in some { _ = try? client.answer(toHEAD: false) }
                        }
                    }
                }
            }
            try await eventually("clients come") { taken.allSatisfy { $0.value.load(ordering: .relaxed) > 0 } }
            if round.isMultiple(of: 2) { try await api.shutDown() } else { await api.cancel() }
            for client in clients { try await client.value }
        }
    }

    private final class Count: Sendable {
        let value = Atomic(0)
    }

    @Test func `unknown paths say what there is`() async throws {
        let api = try await TestAPI()
        let answer = try await api.get("/nothing?x=1")
        #expect(answer.status == 404)
        #expect(answer.text.contains(#""available":["/","/healthz","/metrics","/openapi.yaml","/readyz"]"#))
        #expect(try await api.get("http://example.org/healthz").text == "alive\n")
        let unwanted = try await api.get("/healthz?x=1")
        #expect(unwanted.status == 422)
        #expect(unwanted.text.contains(#""accepted":"no parameters""#))
    }
}
