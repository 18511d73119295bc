import TestSupport
import Testing

@testable import CurlHTTP

extension HTTPClient {
    /// The error of a request that must not succeed.
    func failure(of request: HTTPRequest) async -> HTTPError {
        do throws(HTTPError) {
            let response = try await get(request)
            throw HTTPError(.network, "there was a response, \(response.status)")
        } catch {
            return error
        }
    }
}

@Suite(.timeLimit(.minutes(5)), .tags(.clock))
struct FailureTests {
    private static func failure(
        _ steps: [StubServer.Step], limits: HTTPRequest.Limits = HTTPRequest.Limits()
    ) async throws -> HTTPError {
        let server = try await StubServer { _ in steps }
        return try await withClient { client in
            let request = HTTPRequest(url: server.url + "/path?key=secret-key", limits: limits)
            let error = await client.failure(of: request)
            #expect(!"\(error)".contains("secret") && !"\(error)".contains("/path"), "\(error)")
            return error
        }
    }

    private static let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"

    @Test(arguments: [
        [StubServer.Step.hang], [.send(head), .hang], [.send(head), .drip([1], every: .milliseconds(20))],
    ])
    func `what is not whole within the total time is given up`(steps: [StubServer.Step]) async throws {
        let limits = HTTPRequest.Limits(total: .milliseconds(300))
        let start = ContinuousClock.now
        #expect(try await Self.failure(steps, limits: limits).code == .timeout)
        let took = ContinuousClock.now - start
        #expect(took >= .milliseconds(250) && took < .seconds(10))
    }

    @Test func `a server that drips is given up before the total time`() async throws {
        let limits = HTTPRequest.Limits(total: .seconds(50), stall: .seconds(1))
        let start = ContinuousClock.now
        let error = try await Self.failure([.send(Self.head), .drip([1], every: .milliseconds(50))], limits: limits)
        #expect(error.code == .timeout)
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test(arguments: [
        [StubServer.Step.close], [.reset], [.send("HTTP/1.1 200 OK\r\n"), .close],
        [.send("HTTP/1.1 200 OK\r\nX-One: 1\r\n"), .close], [.send("HTTP/1.1 200 OK\r\nX-One: 1\r\nX-Two"), .close],
        [.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-One: 1\r\n"), .close],
        [.send(head), .send("abc"), .close],
        [.send(head), .send("abc"), .reset], [.send("SSH-2.0-x\r\n"), .close],
        [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), .close],
        [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), .close],
        [.response(headers: ["Content-Encoding: gzip"], body: Array("not gzip".utf8))],
    ])
    func `a broken answer is a network error`(steps: [StubServer.Step]) async throws {
        #expect(try await Self.failure(steps).code == .network)
    }

    @Test func `nobody listening is a network error`() async throws {
        let port = try FreePort.next()
        let request = HTTPRequest(url: "http://127.0.0.1:\(port)/path?key=secret-key")
        let refused = try await withClient { await $0.failure(of: request) }
        #expect(refused.code == .network)
        #expect(!refused.message.contains("key"))
    }

    @Test func `a body may be as long as allowed and no longer`() async throws {
        let limits = HTTPRequest.Limits(body: 1000)
        let server = try await StubServer { _ in [.response(body: Array(repeating: 1, count: 1000))] }
        let whole = try await withClient { try await $0.get(HTTPRequest(url: server.url, limits: limits)) }
        #expect(whole.body.count == 1000)
        let error = try await Self.failure([.response(body: Array(repeating: 1, count: 1001))], limits: limits)
        #expect(error == HTTPError(.bodyTooLarge, "the body is larger than 1000 bytes"))
    }

    @Test func `a small body that is large when decompressed is given up`() async throws {
        let bomb = try Gzip.compressed(Array(repeating: 0, count: 10_000_000))
        #expect(bomb.count < 20_000)
        let error = try await Self.failure(
            [.response(headers: ["Content-Encoding: gzip"], body: bomb)], limits: HTTPRequest.Limits(body: 1_000_000))
        #expect(error.code == .bodyTooLarge)
    }

    @Test(arguments: [
        "", "/path", "http://", "http://127.0.0.1:99999/?key=secret-key",
        "http://127.0.0.1:x/?key=secret-key", "http://exa mple/?key=secret-key", "file:///etc/passwd",
        "ftp://127.0.0.1/secret-key", "gopher://127.0.0.1/secret-key", "javascript:secret-key",
    ])
    func `what is no http or https URL is refused`(url: String) async throws {
        let refused = try await withClient { await $0.failure(of: HTTPRequest(url: url)) }
        #expect(refused.code == .invalidRequest)
        #expect(!refused.message.contains("secret") && !refused.message.contains("passwd"), "\(refused)")
    }
}
