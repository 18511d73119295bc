import TestSupport
import Testing

@testable import CurlHTTP

@Suite(.timeLimit(.minutes(5)), .tags(.clock))
struct EndingTests {
    @Test func `cancelling the task abandons the transfer`() async throws {
        let server = try await StubServer { _ in [.hang] }
        try await withClient { client in
            let task = Task { await client.failure(of: HTTPRequest(url: server.url)) }
            try await eventually("the request arrives") { server.requests.count == 1 }
            task.cancel()
            #expect(await task.value.code == .cancelled)
            try await eventually("the connection is closed") { server.openConnections == 0 }
        }
    }

    @Test func `a task that is cancelled already asks nobody`() async throws {
        let server = try await StubServer { _ in [.hang] }
        try await withClient { client in
            let task = Task {
                while !Task.isCancelled { await Task.yield() }
                return await client.failure(of: HTTPRequest(url: server.url))
            }
            task.cancel()
            #expect(await task.value.code == .cancelled)
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `cancelling one leaves the others`() async throws {
        let server = try await StubServer { request in request.path == "/hang" ? [.hang] : [.response(body: [7])] }
        try await withClient { client in
            for _ in 0..<50 {
                let task = Task { try? await client.get(HTTPRequest(url: server.url + "/hang")) }
                async let other = client.get(HTTPRequest(url: server.url))
                task.cancel()
                let answer = try await other
                #expect(answer.body == [7])
                #expect(await task.value == nil)
            }
        }
    }

    @Test func `shutting down fails what is under way, and what comes later`() async throws {
        let server = try await StubServer { _ in [.hang] }
        let client = HTTPClient()
        let tasks = (0..<5).map { _ in
            Task { await client.failure(of: HTTPRequest(url: server.url)) }
        }
        try await eventually("the requests arrive") { server.requests.count == 5 }
        client.shutdown()
        for task in tasks { #expect(await task.value.code == .cancelled) }
        let later = await client.failure(of: HTTPRequest(url: server.url))
        #expect(later == HTTPError(.cancelled, "the HTTP client is shut down"))
        client.shutdown()
        try await eventually("the connections are closed") { server.openConnections == 0 }
    }
}
