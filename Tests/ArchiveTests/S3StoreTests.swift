import Basics
import Blocks
import CurlHTTP
import Foundation
import TestSupport
import Testing

@testable import Archive

/// An HTTP client for a test's stores, which ends with the test.
final class TestClient: Sendable {
    let http = HTTPClient(proxies: ProxySettings([:]))

    deinit { http.shutdown() }

    func store(
        _ port: Int, bucket: String = "tape", prefix: String = "archive", key: String = "archive-key",
        secret: String? = nil, token: String? = nil, cache: BlockCache? = nil, limits: S3Limits = S3Limits(),
        page: Int = 1000, now: @escaping @Sendable () -> Timestamp = { .machineTime }
    ) throws -> S3Store {
        S3Store(
            try S3Location("s3://\(bucket)/\(prefix)?endpoint=http://127.0.0.1:\(port)"),
            credentials: try S3Credentials(
                accessKey: key, secretKey: secret ?? TestS3.secrets[key] ?? "canary-none", sessionToken: token),
            http: http, cache: cache, limits: limits, page: page, now: now)
    }
}

/// The error of what must not succeed.
func storeFailure(_ body: () async throws -> Void) async -> StoreError? {
    let error = await #expect(throws: StoreError.self) { try await body() }
    #expect(error?.description.contains("canary") != true, "\(String(describing: error))")
    return error
}

/// Against a real server that checks signatures.
@Suite(.tags(.clock), .timeLimit(.minutes(5)), .enabled(if: TestS3.isThere))
struct S3StoreTests {
    private let client = TestClient()

    @Test func `a file is there once, whole, and with what was written first`() async throws {
        let server = try await TestS3()
        let store = try client.store(server.port)
        #expect(store.name == "s3://tape/archive?endpoint=http://127.0.0.1:\(server.port)")
        #expect(try await store.files(in: "").isEmpty)
        #expect(try await store.open("2026/11/28/13.tape") == nil)
        #expect(try await store.create("2026/11/28/13.tape", [1, 2, 3]))
        #expect(try await !store.create("2026/11/28/13.tape", [4]))
        let source = try #require(try await store.open("2026/11/28/13.tape"))
        #expect(source.size == 3)
        #expect(try await source.read([0..<3, 1..<2, 2..<2]) == [[1, 2, 3], [2], []])
        #expect(try await source.read([]) == [])
        await #expect(throws: BlockDamage.self) { try await source.read([2..<4]) }
        #expect(try await store.create("2026/11/2026-11-28.tape", []))
        #expect(try await store.open("2026/11/2026-11-28.tape")?.size == 0)
        // Another's files in the same bucket are not this store's, though its prefix begins like ours.
        #expect(try await client.store(server.port, prefix: "archive-2").create("x.tape", [1]))
        #expect(
            try await store.files(in: "") == [
                StoredFile(name: "2026/11/2026-11-28.tape", size: 0), StoredFile(name: "2026/11/28/13.tape", size: 3),
            ])
        #expect(try await store.files(in: "2026/11/28").map(\.name) == ["2026/11/28/13.tape"])
        #expect(
            try await client.store(server.port, prefix: "").files(in: "archive-2").map(\.name) == ["archive-2/x.tape"])
        try await store.remove("2026/11/28/13.tape")
        try await store.remove("2026/11/28/13.tape")
        #expect(try await store.open("2026/11/28/13.tape") == nil)
        #expect(try await store.files(in: "").count == 1)
        for name in ["", "/x", "x/", "a//b", "../x", ".x", "a b", "a/é"] {
            #expect(await storeFailure { _ = try await store.create(name, [1]) }?.kind == .refused)
            #expect(await storeFailure { _ = try await store.open(name) }?.kind == .refused)
        }
    }

    @Test func `a large file comes back byte for byte, as a whole and in parts`() async throws {
        let server = try await TestS3()
        let store = try client.store(server.port)
        let bytes = someBytes(20_000_003)
        #expect(try await store.create("day.tape", bytes))
        let source = try #require(try await store.open("day.tape"))
        #expect(source.size == bytes.count)
        #expect(try await source.read([0..<bytes.count]) == [bytes])
        var random = SeededGenerator(seed: 7)
        let ranges = (0..<40).map { _ in
            let start = Int.random(in: 0..<bytes.count, using: &random)
            return start..<min(bytes.count, start + Int.random(in: 0..<200_000, using: &random))
        }
        #expect(try await source.read(ranges) == ranges.map { Array(bytes[$0]) })
    }

    @Test func `many who write the same file at once: one has written it`() async throws {
        let server = try await TestS3()
        let store = try client.store(server.port)
        let written = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let bytes = Array(repeating: UInt8(number), count: 2_000_000)
                    return try await store.create("a/b.tape", bytes) ? number : nil
                }
            }
            return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        #expect(written.count == 1)
        let source = try #require(try await store.open("a/b.tape"))
        #expect(
            try await source.read([0..<1, 1_999_999..<2_000_000]) == written.map { [UInt8($0)] }
                + written.map { [UInt8($0)] })
    }

    @Test func `a listing of many pages has each file once, in order`() async throws {
        let server = try await TestS3()
        let store = try client.store(server.port, page: 7)
        let names = (1...31).map { "2026/\($0 % 3)/\($0 < 10 ? "0" : "")\($0).tape" }
        let isNew = try await withThrowingTaskGroup(of: Bool.self) { group in
            for name in names { group.addTask { try await store.create(name, [1, 2]) } }
            return try await group.reduce(true) { $0 && $1 }
        }
        #expect(isNew)
        #expect(try await store.files(in: "") == names.sorted().map { StoredFile(name: $0, size: 2) })
        #expect(try await store.files(in: "2026/1").map(\.name) == names.filter { $0.hasPrefix("2026/1/") }.sorted())
        #expect(try await store.files(in: "2027").isEmpty)
    }

    @Test func `a file that is removed or replaced while it is open is told, and never mixed`() async throws {
        let server = try await TestS3()
        let store = try client.store(server.port)
        #expect(try await store.create("x.tape", someBytes(300_000, seed: 1)))
        let source = try #require(try await store.open("x.tape"))
        try await store.remove("x.tape")
        let removed = await storeFailure { _ = try await source.read([0..<10]) }
        #expect(removed?.kind == .unavailable)
        #expect(removed?.description.hasSuffix("x.tape was removed while it was open") == true)
        let next = someBytes(300_000, seed: 2)
        #expect(try await store.create("x.tape", next))
        let replaced = await storeFailure { _ = try await source.read([0..<10, 200_000..<200_010]) }
        #expect(replaced?.kind == .unavailable)
        #expect(replaced?.description.hasSuffix("x.tape was replaced while it was open") == true)
        #expect(try await store.open("x.tape")?.read([0..<300_000]) == [next])
        // In one step, too; also where there is none.
        let open = try #require(try await store.open("x.tape"))
        let first = someBytes(1000, seed: 3)
        try await store.replace("x.tape", first)
        #expect(await storeFailure { _ = try await open.read([0..<10]) }?.description.contains("was replaced") == true)
        #expect(try await store.open("x.tape")?.read([0..<1000]) == [first])
        try await store.replace("y.tape", [1])
        #expect(try await store.open("y.tape")?.read([0..<1]) == [[1]])
    }

    @Test func `what somebody must mend is refused, with the server's code and what to do`() async throws {
        let server = try await TestS3()
        let cases: [(S3Store, String, String)] = [
            (try client.store(server.port, secret: "canary-wrong"), "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
            (try client.store(server.port, key: "unknown-key"), "InvalidAccessKeyId", "AWS_ACCESS_KEY_ID"),
            (try client.store(server.port, bucket: "other"), "NoSuchBucket", "make the bucket"),
            (
                try client.store(server.port, now: { .machineTime - .seconds(3600) }), "RequestTimeTooSkewed",
                "set the clock"
            ),
        ]
        for (store, code, advice) in cases {
            let failures = [
                await storeFailure { _ = try await store.create("x.tape", [1]) },
                await storeFailure { _ = try await store.open("x.tape") },
                await storeFailure { _ = try await store.files(in: "") },
                await storeFailure { try await store.remove("x.tape") },
            ]
            for failure in failures {
                #expect(failure?.kind == .refused)
                #expect(failure?.description.contains(code) == true, "\(String(describing: failure))")
                #expect(failure?.description.contains(advice) == true, "\(String(describing: failure))")
                #expect(failure?.description.hasPrefix(store.name) == true)
            }
        }
        // Who may only read cannot write, and reads.
        #expect(try await client.store(server.port).create("x.tape", [1, 2]))
        let reader = try client.store(server.port, key: "reader-key")
        #expect(try await reader.open("x.tape")?.read([0..<2]) == [[1, 2]])
        #expect(try await reader.files(in: "").count == 1)
        for failure in [
            await storeFailure { _ = try await reader.create("y.tape", [1]) },
            await storeFailure { try await reader.remove("x.tape") },
        ] {
            #expect(failure?.kind == .refused)
            #expect(failure?.description.contains("AccessDenied") == true)
            #expect(failure?.description.contains("s3:PutObject") == true)
        }
    }

    private static func busy(_ status: String, _ header: String = "X-A: b") -> Relay.Fault {
        let body = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
        return .answer(
            "HTTP/1.1 \(status)\r\n\(header)\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)")
    }

    @Test func `each operation is tried again where a server is busy or a connection breaks`() async throws {
        let server = try await TestS3()
        let relay = try await Relay(to: server.port)
        let (direct, store) = (try client.store(server.port), try client.store(relay.port))
        let bytes = someBytes(500_000)
        #expect(try await direct.create("there.tape", bytes))
        let faults: [Relay.Fault] = [
            Self.busy("500 Internal Server Error"), Self.busy("502 Bad Gateway"), Self.busy("503 Slow Down"),
            Self.busy("429 Too Many Requests", "Retry-After: 1"), .answer("SSH-2.0-x\r\n"), .cut(after: 0),
            .cut(after: 30), .cut(after: 200),
        ]
        for (number, fault) in faults.enumerated() {
            relay.spoil(fault)
            #expect(try await store.files(in: "").last?.name == "there.tape")
            #expect(relay.faultsLeft == 0)
            relay.spoil(fault)
            #expect(try await store.open("none.tape") == nil)
            #expect(relay.faultsLeft == 0)
            relay.spoil(fault)
            let source = try #require(try await store.open("there.tape"))
            #expect(relay.faultsLeft == 0)
            relay.spoil(fault)
            #expect(try await source.read([0..<bytes.count]) == [bytes])
            #expect(relay.faultsLeft == 0)
            relay.spoil(fault)
            try await store.remove("gone.tape")
            #expect(relay.faultsLeft == 0)
            guard case .answer = fault else { continue }
            relay.spoil(fault, fault)
            #expect(try await store.create("new-\(number).tape", bytes))
            #expect(relay.faultsLeft == 0)
        }
    }

    @Test func `a server that says how long to wait is not asked earlier`() async throws {
        let server = try await TestS3()
        let relay = try await Relay(to: server.port)
        let store = try client.store(relay.port)
        relay.spoil(Self.busy("503 Slow Down", "Retry-After: 2"))
        let start = ContinuousClock.now
        #expect(try await store.open("x.tape") == nil)
        #expect(ContinuousClock.now - start >= .seconds(2))
        // One that asks for more time than there is need not be waited for.
        relay.spoil(Self.busy("503 Slow Down", "Retry-After: 3600"))
        let failure = await storeFailure { _ = try await store.open("x.tape") }
        #expect(failure?.kind == .unavailable)
        #expect(failure?.description.hasSuffix("503 SlowDown Please reduce your request rate.") == true)
    }

    @Test(arguments: [0, 40]) func `a file whose answer was lost is there once, and whole`(passed: Int) async throws {
        let server = try await TestS3()
        let relay = try await Relay(to: server.port)
        let store = try client.store(relay.port)
        let bytes = someBytes(300_000)
        relay.spoil(.cut(after: passed))
        // It is there by then, and nobody can tell by whom.
        #expect(try await !store.create("x.tape", bytes))
        #expect(relay.faultsLeft == 0)
        #expect(try await store.open("x.tape")?.read([0..<bytes.count]) == [bytes])
    }

    @Test func `a body that ends early or stalls is asked for again, and comes back whole`() async throws {
        let server = try await TestS3()
        let relay = try await Relay(to: server.port)
        let store = try client.store(relay.port, limits: S3Limits(stall: .seconds(1)))
        let bytes = someBytes(3_000_000)
        #expect(try await store.create("x.tape", bytes))
        let source = try #require(try await store.open("x.tape"))
        for fault in [Relay.Fault.cut(after: 1_000_000), .cut(after: 600), .stall(after: 1_000_000)] {
            relay.spoil(fault)
            #expect(try await source.read([0..<bytes.count]) == [bytes])
            #expect(relay.faultsLeft == 0)
        }
    }

    @Test func `a bucket behind a network that falls silent is unavailable in time, and there again after it`()
        async throws
    {
        let server = try await TestS3()
        let relay = try await Relay(to: server.port)
        let store = try client.store(relay.port, limits: S3Limits(patience: .seconds(2), stall: .seconds(1)))
        #expect(try await store.create("x.tape", [1]))
        relay.fallSilent()
        let start = ContinuousClock.now
        #expect(await storeFailure { _ = try await store.open("x.tape") }?.kind == .unavailable)
        #expect(await storeFailure { _ = try await store.create("y.tape", [1]) }?.kind == .unavailable)
        #expect(ContinuousClock.now - start < .seconds(20))
        relay.speak()
        relay.spoil()
        #expect(try await store.open("x.tape")?.size == 1)
        #expect(try await store.create("y.tape", [1]))
    }

    @Test func `through a cache the same bytes come, and a successor's where there is one`() async throws {
        let server = try await TestS3()
        let folder = FileManager.default.temporaryDirectory.path + "/cache-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let cache = try BlockCache(folder: folder, capacity: 10_000_000) { Issue.record("\($0)") }
        let store = try client.store(server.port, cache: cache)
        for seed in [1, 2] as [UInt64] {
            let bytes = someBytes(1_000_000, seed: seed)
            #expect(try await store.create("x.tape", bytes))
            let source = try #require(try await store.open("x.tape"))
            for _ in 0..<2 {
                #expect(
                    try await source.read([0..<10, 900_000..<1_000_000]) == [
                        Array(bytes[..<10]), Array(bytes[900_000...]),
                    ])
            }
            try await store.remove("x.tape")
            // What was read once is on this machine.
            #expect(try await source.read([5..<9]) == [Array(bytes[5..<9])])
            #expect(await storeFailure { _ = try await source.read([400_000..<400_001]) }?.kind == .unavailable)
        }
    }
}
