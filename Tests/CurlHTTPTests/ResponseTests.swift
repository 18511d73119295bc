import Synchronization
import TestSupport
import Testing

@testable import CurlHTTP

/// One client for a test, shut down behind it.
func withClient<Result>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
    let client = HTTPClient()
    defer { client.shutdown() }
    return try await body(client)
}

@Suite(.timeLimit(.minutes(5)))
struct ResponseTests {
    @Test func `status, headers and body come as they were sent`() async throws {
        let server = try await StubServer { _ in
            [
                .response(
                    "418 I'm a teapot", headers: ["X-One:  1 ", "x-two: a: b", "X-One: 2"], body: Array("é\0".utf8))
            ]
        }
        let response = try await withClient { try await $0.get(HTTPRequest(url: server.url)) }
        #expect(response.status == 418)
        #expect(response.header("x-one") == "1")
        #expect(response.header("X-TWO") == "a: b")
        #expect(response.headers.filter { $0.name == "X-One" }.map(\.value) == ["1", "2"])
        #expect(response.header("X-Three") == nil)
        #expect(response.body == Array("é\0".utf8))
    }

    /// What a request's `receive` was called with, one behind the other.
    private final class Received: Sendable {
        private let pieces = Mutex<[UInt8]>([])

        var bytes: [UInt8] { pieces.withLock(\.self) }

        func request(_ url: String) -> HTTPRequest {
            var request = HTTPRequest(url: url)
            request.receive = { [self] piece in pieces.withLock { $0 += piece } }
            return request
        }
    }

    @Test func `a body is told as it comes`() async throws {
        let server = try await StubServer { _ in
            [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabcd".utf8)), .hang]
        }
        let received = Received()
        try await withClient { client in
            let task = Task { try await client.get(received.request(server.url)) }
            try await eventually("what came is told") { received.bytes == Array("abcd".utf8) }
            task.cancel()
            #expect(await task.result.isFailure)
        }
    }

    @Test(arguments: [("/moved", "there"), ("/choices", "choose")])
    func `of the bodies only the answer's own is told`(path: String, body: String) async throws {
        let server = try await StubServer { request in
            switch request.path {
            case "/moved": [.response("302 Found", headers: ["Location: /there"], body: Array("moved".utf8))]
            case "/choices": [.response("300 Multiple Choices", body: Array("choose".utf8))]
            default: [.response(body: Array("there".utf8))]
            }
        }
        let received = Received()
        let response = try await withClient { try await $0.get(received.request(server.url + path)) }
        #expect(response.body == Array(body.utf8) && received.bytes == response.body)
    }

    @Test func `the request carries its headers, its query and what it takes`() async throws {
        let server = try await StubServer { _ in [.response()] }
        let request = HTTPRequest(url: server.url + "/a/b?c=d%20e", headers: [("X-Key", "k"), ("Accept", "text/x")])
        #expect(try await withClient { try await $0.get(request) }.body.isEmpty)
        let seen = try #require(server.requests.first)
        #expect(seen.line == "GET /a/b?c=d%20e HTTP/1.1")
        #expect(Set(seen.headers).isSuperset(of: ["X-Key: k", "Accept: text/x", "Accept-Encoding: gzip, deflate"]))
    }

    @Test func `an interim answer's headers are not the answer's`() async throws {
        let server = try await StubServer { _ in
            [.send("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n"), .response(headers: ["X-Late: 1"])]
        }
        let response = try await withClient { try await $0.get(HTTPRequest(url: server.url)) }
        #expect(response.status == 200)
        #expect(response.header("X-Early") == nil && response.header("X-Late") == "1")
    }

    @Test func `a body may come in chunks, or end with its connection`() async throws {
        let server = try await StubServer { request in
            request.path == "/chunks"
                ? [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")]
                : [.send("HTTP/1.1 200 OK\r\n\r\nabc"), .send("de"), .close]
        }
        try await withClient { client in
            for path in ["/chunks", "/close"] {
                let response = try await client.get(HTTPRequest(url: server.url + path))
                #expect(response.body == Array("abcde".utf8))
            }
        }
    }

    @Test func `a gzip body is decompressed`() async throws {
        let body = Array(String(repeating: #"{"price":109232.0570596378},"#, count: 1000).utf8)
        let compressed = try Gzip.compressed(body)
        let server = try await StubServer { _ in [.response(headers: ["Content-Encoding: gzip"], body: compressed)] }
        let response = try await withClient { try await $0.get(HTTPRequest(url: server.url)) }
        #expect(compressed.count < body.count / 10)
        #expect(response.body == body)
    }

    @Test func `one after the other on one connection`() async throws {
        let server = try await StubServer { _ in [.response(body: [1])] }
        try await withClient { client in
            for _ in 0..<20 { _ = try await client.get(HTTPRequest(url: server.url)) }
        }
        #expect(server.requests.count == 20)
        #expect(server.connections == 1)
    }

    @Test func `many at once, each with its own answer`() async throws {
        let server = try await StubServer { request in [.response(body: Array(request.path.utf8))] }
        try await withClient { client in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<200 {
                    tasks.addTask {
                        let response = try await client.get(HTTPRequest(url: server.url + "/\(number)"))
                        #expect(response.body == Array("/\(number)".utf8))
                    }
                }
                try await tasks.waitForAll()
            }
        }
        #expect(Set(server.requests.map(\.path)).count == 200)
    }
}

extension Result {
    fileprivate var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
