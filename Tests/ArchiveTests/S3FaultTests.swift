import Basics
import Blocks
import TestSupport
import Testing

@testable import Archive

/// Against servers that do not do what S3 does.
@Suite(.tags(.clock), .timeLimit(.minutes(5)))
struct S3FaultTests {
    private let client = TestClient()

    private static let small = S3Limits(patience: .seconds(1), stall: .seconds(1))

    private static func opened(_ size: Int = 100_000, tag: String = "ETag: \"x\"") -> StubServer.Step {
        .response("206 Partial Content", headers: ["Content-Range: bytes 0-0/\(size)", tag], body: [1])
    }

    private static func failed(_ status: String, _ code: String, _ message: String = "", _ header: String = "X-A: b")
        -> StubServer.Step
    {
        .response(
            status, headers: [header],
            body: Array("<Error><Code>\(code)</Code><Message>\(message)</Message></Error>".utf8))
    }

    @Test func `a server that stays busy, hangs or is not there is unavailable within the limits`() async throws {
        let stubs = [
            try await StubServer { _ in [Self.failed("503 Slow Down", "SlowDown"), .close] },
            try await StubServer { _ in [.hang] }, try await StubServer { _ in [.close] },
        ]
        for port in stubs.map(\.port) + [try FreePort.next()] {
            let store = try client.store(port, limits: Self.small)
            let start = ContinuousClock.now
            #expect(await storeFailure { _ = try await store.create("x.tape", [1]) }?.kind == .unavailable)
            #expect(await storeFailure { _ = try await store.open("x.tape") }?.kind == .unavailable)
            #expect(await storeFailure { _ = try await store.files(in: "") }?.kind == .unavailable)
            #expect(await storeFailure { try await store.remove("x.tape") }?.kind == .unavailable)
            #expect(ContinuousClock.now - start < .seconds(20))
        }
        #expect(stubs[0].requests.count > 4)
    }

    @Test func `a task that is cancelled does not wait for the next try`() async throws {
        let stub = try await StubServer { _ in [Self.failed("503 Slow Down", "SlowDown", "", "Retry-After: 25")] }
        let store = try client.store(stub.port)
        let start = ContinuousClock.now
        let task = Task { await storeFailure { _ = try await store.open("x.tape") } }
        try await eventually("the first try is over") { stub.requests.count == 1 }
        task.cancel()
        #expect(await task.value?.kind == .unavailable)
        #expect(ContinuousClock.now - start < .seconds(15))
    }

    @Test func `what a request carries`() async throws {
        let stub = try await StubServer { _ in [Self.failed("403 Forbidden", "AccessDenied", "No canary-token here")] }
        let store = try client.store(
            stub.port, token: "canary-token", now: { Timestamp(milliseconds: 1_369_353_600_000) })
        let failure = await storeFailure { _ = try await store.create("a/b.tape", Array("Welcome to Amazon S3.".utf8)) }
        #expect(failure?.description.contains("No *** here") == true)
        let seen = try #require(stub.requests.first)
        #expect(seen.line == "PUT /tape/archive/a/b.tape HTTP/1.1")
        #expect(seen.body == Array("Welcome to Amazon S3.".utf8))
        for header in [
            "Host: 127.0.0.1:\(stub.port)", "If-None-Match: *", "Content-Type: application/octet-stream",
            "X-Amz-Date: 20130524T000000Z", "X-Amz-Security-Token: canary-token",
            "X-Amz-Content-Sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        ] { #expect(seen.headers.contains(header), "\(header)") }
        let authorization = try #require(seen.headers.first { $0.hasPrefix("Authorization: ") })
        #expect(
            authorization.contains(
                "Credential=archive-key/20130524/us-east-1/s3/aws4_request,"
                    + "SignedHeaders=content-type;host;if-none-match;x-amz-content-sha256;x-amz-date;x-amz-security-token,"
            ))
        #expect(!authorization.contains("canary"))
    }

    @Test func `nobody follows a redirect with a signed request`() async throws {
        let other = try await StubServer { _ in [.response()] }
        let location = "Location: \(other.url)/tape/archive/x.tape"
        let stub = try await StubServer { _ in
            [Self.failed("307 Temporary Redirect", "TemporaryRedirect", "Elsewhere", location)]
        }
        let failure = await storeFailure { _ = try await client.store(stub.port).open("x.tape") }
        #expect(failure?.kind == .refused)
        #expect(failure?.description.contains("check region and endpoint") == true)
        #expect(other.connections == 0)
    }

    @Test(
        arguments: [
            ([StubServer.Step.response(body: [1, 2, 3])], "ignores Range"),
            ([.response(body: Array(repeating: 1, count: 100_000))], "ignores Range"),
            ([.response("206 Partial Content", body: [1])], "with something else"),
            (
                [
                    .response(
                        "206 Partial Content", headers: ["Content-Range: bytes 0-1/9", "ETag: \"x\""], body: [1, 2])
                ], "with something else"
            ),
            ([opened(tag: "X-A: b")], "no ETag"), ([opened(tag: "ETag: W/\"x\"")], "no ETag"),
            ([.response("404 Not Found", body: Array("<html>".utf8))], "is the endpoint an S3 server?"),
            ([.response("404 Not Found")], "is the endpoint an S3 server?"),
        ] as [([StubServer.Step], String)])
    func `a server that lacks what an archive needs is refused when a file is opened`(
        steps: [StubServer.Step], words: String
    ) async throws {
        let stub = try await StubServer { _ in steps }
        let failure = await storeFailure { _ = try await client.store(stub.port).open("x.tape") }
        #expect(failure?.kind == .refused)
        #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
        #expect(stub.requests.count == 1)
    }

    @Test(arguments: [
        // Whole in place of a part; others than were asked for; fewer than it says; of a file of another size.
        (StubServer.Step.response(body: Array(repeating: 1, count: 50)), StoreError.Kind.refused),
        (
            .response(
                "206 Partial Content", headers: ["Content-Range: bytes 10-19/100000"],
                body: Array(repeating: 1, count: 10)),
            .refused
        ),
        (.response("206 Partial Content", headers: ["Content-Range: bytes 0-9/100000"], body: [1, 2]), .refused),
        (.response("206 Partial Content", body: Array(repeating: 1, count: 10)), .refused),
        (
            .response(
                "206 Partial Content", headers: ["Content-Range: bytes 0-9/99"], body: Array(repeating: 1, count: 10)),
            .unavailable
        ),
        (.response("412 Precondition Failed"), .unavailable), (.response("404 Not Found"), .refused),
    ])
    func `a part that is not what was asked for is never taken for it`(
        step: StubServer.Step, kind: StoreError.Kind
    ) async throws {
        let stub = try await StubServer { request in
            request.headers.contains("Range: bytes=0-0") ? [Self.opened()] : [step]
        }
        let source = try #require(try await client.store(stub.port).open("x.tape"))
        #expect(source.size == 100_000)
        #expect(await storeFailure { _ = try await source.read([0..<10]) }?.kind == kind)
        #expect(stub.requests.last?.headers.contains("If-Match: \"x\"") == true)
        #expect(stub.requests.count == 2)
    }

    @Test(arguments: ["<html></html>", "", "<ListBucketResult>"])
    func `what is no listing is not taken for an empty one`(body: String) async throws {
        let stub = try await StubServer { _ in [.response(body: Array(body.utf8))] }
        let failure = await storeFailure { _ = try await client.store(stub.port).files(in: "") }
        #expect(failure?.kind == .refused)
    }

    @Test func `a listing that leads to itself ends`() async throws {
        let page = """
            <ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a b</NextContinuationToken>\
            </ListBucketResult>
            """
        let stub = try await StubServer { _ in [.response(body: Array(page.utf8))] }
        let failure = await storeFailure { _ = try await client.store(stub.port).files(in: "2026") }
        #expect(failure?.kind == .refused)
        #expect(
            stub.requests.map(\.path) == [
                "/tape?list-type=2&max-keys=1000&prefix=archive%2F2026%2F",
                "/tape?continuation-token=a%20b&list-type=2&max-keys=1000&prefix=archive%2F2026%2F",
            ])
    }
}
