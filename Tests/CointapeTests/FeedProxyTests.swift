import Foundation
import Redis
import TestSupport
import Testing

/// Whole workers behind a proxy that the environment names.
@Suite(.serialized, .timeLimit(.minutes(5)), .tags(.clock)) struct FeedProxyTests {
    private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]".utf8)

    private func write(_ name: String, _ url: String, in folder: TestFolder) throws {
        try """
        {"worker": "fetch", "name": "\(name)", "redis": {"url": "${REDIS_URL:-redis://127.0.0.1:1}"}, "schedule": {},
        "request": {"url": "\(url)/", "retries": 0}, "filter": "{id: .[0]}", "publish": {"stream": "\(name)"}}
        """.write(toFile: "\(folder.path)/\(name).json", atomically: true, encoding: .utf8)
    }

    @Test(arguments: ["http_proxy", "ALL_PROXY", "all_proxy"])
    func `loopback is asked directly and others through the proxy, and both are told once`(name: String) async throws {
        let (folder, redis) = (try TestFolder(), try await TestRedis())
        let proxy = try await StubServer { _ in [.send(Self.answer)] }
        let server = try await StubServer { _ in [.send(Self.answer)] }
        try write("near", server.url, in: folder)
        try write("far", "http://provider.example", in: folder)
        try write("kept", "http://kept.invalid", in: folder)
        let worker = try Cointape(
            ["run", "near.json", "far.json", "kept.json"], in: folder.path,
            environment: [
                "REDIS_URL": redis.url, name: "http://joe:canary-1234@127.0.0.1:\(proxy.port)",
                "NO_PROXY": "kept.invalid",
            ])
        let client = redis.client()
        for stream in ["near", "far", "kept"] {
            try await eventually(within: .seconds(90), "\(stream) is settled") {
                try await client.send(RedisCommand("XLEN", stream)).integer ?? 0 > 0
            }
        }
        #expect(!server.requests.isEmpty)
        #expect(Set(proxy.requests.map(\.path)) == ["http://provider.example/"])
        let told = worker.text.split(separator: "\n").filter { $0.contains("feed.proxy") }
        #expect(told.count == 3, "\(told)")
        #expect(told.contains { $0.contains("provider.example") && $0.contains("http://***@127.0.0.1:\(proxy.port)") })
        #expect(told.contains { $0.contains("127.0.0.1 is this machine") && $0.contains("none") })
        #expect(told.contains { $0.contains("kept.invalid") && $0.contains("NO_PROXY") })
        worker.signal(SIGTERM)
        #expect(try await worker.exit() == 0)
    }

    @Test(arguments: [
        ("http_proxy", "http://joe:canary 1@proxy", "has white space in it"),
        ("ALL_PROXY", "ftp://joe:canary-1@proxy", "has the unknown scheme ftp"),
        ("https_proxy", "http://joe:canary-1@proxy:0x1", "cannot be read as one"),
    ])
    func `a proxy that cannot be one is told at the start`(name: String, value: String, problem: String) async throws {
        let folder = try TestFolder()
        try write("mood", "http://provider.example", in: folder)
        for command in ["check", "run", "fetch"] {
            let result = try await Cointape.run([command, "mood.json"], in: folder.path, environment: [name: value])
            #expect(result.code == 78)
            let line = "environment: \(name): should be a proxy's URL such as http://proxy.example:3128, but \(problem)"
            #expect(result.text.hasPrefix(line), "\(result.text)")
        }
        // Who asks nobody needs no proxy.
        #expect(try await Cointape.run(["check", "config/toplist.json"], environment: [name: value]).code == 0)
    }

    @Test func `up with the sandbox does not need the proxy that the environment names`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let proxy = "http://127.0.0.1:1"
        let up = try Cointape(
            ["up", "--sandbox", "--data", "\(folder.path)/data", "--port", "\(port)"],
            environment: ["http_proxy": proxy, "https_proxy": proxy, "ALL_PROXY": proxy])
        try await up.prints("cointape is up")
        let status = try await shell("redis-cli -p \(port + 1) --raw XREVRANGE price + - COUNT 1 | head -c 3000")
        #expect(status.contains("rows") && !status.contains("\ngap\n"), "\(status)")
        up.signal(SIGINT)
        #expect(try await up.exit() == 0)
    }
}
