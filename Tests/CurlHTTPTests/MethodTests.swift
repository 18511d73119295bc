import TestSupport
import Testing

@testable import CurlHTTP

@Suite(.timeLimit(.minutes(5)))
struct MethodTests {
    @Test(arguments: [0, 1, 70_000, 500_000])
    func `a PUT carries its body and its headers, and no others of a form`(size: Int) async throws {
        let server = try await StubServer { _ in [.response("201 Created", body: [7])] }
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let request = HTTPRequest(
            .put(body), url: server.url + "/a?b=c", headers: [("Content-Type", "application/octet-stream")])
        let response = try await withClient { try await $0.send(request) }
        #expect(response.status == 201 && response.body == [7])
        let seen = try #require(server.requests.first)
        #expect(seen.line == "PUT /a?b=c HTTP/1.1")
        #expect(seen.body == body)
        #expect(seen.headers.contains("Content-Length: \(size)"))
        #expect(
            seen.headers.filter { $0.lowercased().hasPrefix("content-type") } == [
                "Content-Type: application/octet-stream"
            ])
    }

    @Test func `a DELETE has no body`() async throws {
        let server = try await StubServer { _ in [.send("HTTP/1.1 204 No Content\r\n\r\n")] }
        let response = try await withClient { try await $0.send(HTTPRequest(.delete, url: server.url + "/a")) }
        #expect(response.status == 204 && response.body.isEmpty)
        #expect(server.requests.map(\.line) == ["DELETE /a HTTP/1.1"])
        #expect(server.requests.first?.body.isEmpty == true)
    }

    @Test(arguments: ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
    func `what is sent once follows no redirect, not within its origin either`(status: String) async throws {
        let server = try await StubServer { _ in [.response(status, headers: ["Location: /b"], body: [7])] }
        try await withClient { client in
            for method in [HTTPRequest.Method.get, .put([1]), .delete] {
                let response = try await client.send(HTTPRequest(method, url: server.url + "/a"))
                #expect(response.status == Int(status.prefix(3)) && response.body == [7])
            }
        }
        #expect(server.requests.map(\.path) == ["/a", "/a", "/a"])
    }

    @Test func `a body that may not come compressed is not asked for so, and left as it is`() async throws {
        let compressed = try Gzip.compressed(Array("abc".utf8))
        let server = try await StubServer { _ in [.response(headers: ["Content-Encoding: gzip"], body: compressed)] }
        var request = HTTPRequest(url: server.url)
        request.takesCompressed = false
        let sent = request
        #expect(try await withClient { try await $0.send(sent) }.body == compressed)
        #expect(server.requests.first?.headers.contains { $0.lowercased().hasPrefix("accept-encoding") } == false)
    }

    @Test func `a kept connection takes one method after the other`() async throws {
        let server = try await StubServer { _ in [.response(body: [1])] }
        try await withClient { client in
            for number in 0..<9 {
                let method: HTTPRequest.Method = [.get, .put([2, 3]), .delete][number % 3]
                _ = try await client.send(HTTPRequest(method, url: server.url))
            }
        }
        #expect(server.connections == 1)
        #expect(server.requests.map(\.body) == (0..<9).map { $0 % 3 == 1 ? [2, 3] : [] })
    }

    @Test func `a PUT that nobody takes in time is given up`() async throws {
        let server = try await StubServer { _ in [.hang] }
        let error = try await withClient { client in
            do throws(HTTPError) {
                let limits = HTTPRequest.Limits(total: .milliseconds(300))
                _ = try await client.send(HTTPRequest(.put([1, 2, 3]), url: server.url, limits: limits))
                return nil as HTTPError?
            } catch {
                return error
            }
        }
        #expect(error?.code == .timeout)
    }
}
