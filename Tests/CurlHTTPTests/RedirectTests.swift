import TestSupport
import Testing

@testable import CurlHTTP

@Suite(.timeLimit(.minutes(5)))
struct RedirectTests {
    private static func redirect(_ location: String, _ status: String = "302 Found") -> [StubServer.Step] {
        [.response(status, headers: ["Location: \(location)"])]
    }

    @Test(arguments: ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
    func `a redirect within the origin is followed, with the request's headers`(status: String) async throws {
        let server = try await StubServer { request in
            request.path == "/a" ? Self.redirect("/b?c=d", status) : [.response(body: Array(request.path.utf8))]
        }
        let request = HTTPRequest(url: server.url + "/a", headers: [("X-Key", "k")])
        let response = try await withClient { try await $0.get(request) }
        #expect(response.body == Array("/b?c=d".utf8))
        #expect(server.requests.allSatisfy { $0.headers.contains("X-Key: k") })
    }

    @Test func `an absolute URL of the same origin is followed`() async throws {
        let server = try await StubServer { request in
            let host = request.headers.first { $0.hasPrefix("Host: ") }?.dropFirst("Host: ".count) ?? ""
            return request.path == "/a" ? Self.redirect("HTTP://\(host)/b") : [.response(body: [7])]
        }
        #expect(try await withClient { try await $0.get(HTTPRequest(url: server.url + "/a")) }.body == [7])
    }

    @Test func `a redirect to another port is refused, and nobody connects there`() async throws {
        let other = try await StubServer { _ in [.response()] }
        let location = other.url + "/?key=secret-key"
        let server = try await StubServer { _ in Self.redirect(location) }
        try await withClient { client in
            let refused = await client.failure(of: HTTPRequest(url: server.url))
            #expect(refused.code == .redirectRefused)
            #expect(refused.message == "redirected to 127.0.0.1, which is not where the request went")
            // Behind the second answer, whatever the first one made the client do is done.
            _ = await client.failure(of: HTTPRequest(url: server.url))
        }
        #expect(other.connections == 0)
    }

    @Test(arguments: [
        "http://localhost:PORT/", "https://127.0.0.1:PORT/", "http://127.0.0.1/", "//example.invalid/?key=secret-key",
        "http://127.0.0.1:PORT@example.invalid/", "file:///etc/passwd",
        "ftp://127.0.0.1:PORT/", "http://[::1]:PORT/", "http://127.0.0.1.:PORT/",
    ])
    func `a redirect to another scheme, host or port is refused`(location: String) async throws {
        let server = try await StubServer { request in
            let host = request.headers.first { $0.hasPrefix("Host: ") } ?? ""
            return Self.redirect(location.replacing("PORT", with: host.split(separator: ":").last ?? ""))
        }
        let refused = try await withClient { await $0.failure(of: HTTPRequest(url: server.url)) }
        #expect(refused.code == .redirectRefused, "\(refused)")
        #expect(!refused.message.contains("secret") && !refused.message.contains("passwd"))
        #expect(server.requests.count == 1)
    }

    @Test func `a redirect in circles ends`() async throws {
        let server = try await StubServer { _ in Self.redirect("/again") }
        let refused = try await withClient { await $0.failure(of: HTTPRequest(url: server.url)) }
        #expect(refused == HTTPError(.redirectRefused, "redirected more than 3 times"))
        #expect(server.requests.count == 4)
    }

    @Test func `a redirect without an address is an answer`() async throws {
        let server = try await StubServer { _ in [.response("304 Not Modified")] }
        #expect(try await withClient { try await $0.get(HTTPRequest(url: server.url)) }.status == 304)
    }
}
