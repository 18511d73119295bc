import Foundation
import Synchronization
import TestSupport
import Testing

/// `doctor` finds what is missing before a worker does, and says what mends it.
@Suite(.timeLimit(.minutes(2))) struct DoctorTests {
    @Test func `the usage of a plan is asked for at no cost, and what it tells bounds the budget`() async throws {
        let (redis, folder) = (try await TestRedis(), try TestFolder())
        let left = Mutex(500)
        let paths = Mutex<[String]>([])
        let server = try await StubServer { request in
            paths.withLock { $0.append(request.path) }
            let isKnown = request.headers.contains("X-Key: canary-key")
            let body =
                request.path == "/usage"
                ? #"{"left":\#(left.withLock(\.self)),"plan":1000}"# : #"[{"a":1}]"#
            let head = "HTTP/1.1 \(isKnown ? 200 : 401) X\r\nContent-Length: \(isKnown ? body.utf8.count : 0)\r\n\r\n"
            return [.send(Array((head + (isKnown ? body : "")).utf8))]
        }
        try """
        {"worker": "fetch", "name": "paid", "redis": {"url": "\(redis.url)"}, "schedule": {}, "needs": ["PAID_KEY"],
         "request": {"url": "\(server.url)/list", "headers": {"X-Key": "${PAID_KEY:-}"}}, "filter": ".[]",
         "usage": {"url": "\(server.url)/usage", "headers": {"X-Key": "${PAID_KEY:-}"}, "filter": "{left, plan}"},
         "budget": {"plan": 2000, "period": "30d"}, "publish": {"stream": "paid"}}
        """.write(toFile: "\(folder.path)/paid.json", atomically: true, encoding: .utf8)
        func run(_ arguments: String..., key: String = "canary-key") async throws -> (code: Int32, text: String) {
            let result = try await Cointape.run(
                arguments + ["\(folder.path)/paid.json"], environment: ["PAID_KEY": key])
            return (result.code, result.text)
        }
        let well = try await run("doctor")
        #expect(well.code == 0, "\(well.text)")
        #expect(well.text.contains("paid.json: the key is valid; 500 of 1000 credits are left"))
        #expect(well.text.contains("warning  \(folder.path)/paid.json: the config's plan has 2000 credits"))
        #expect(well.text.contains("ok       redis 127.0.0.1:\(redis.port): "))
        #expect(paths.withLock(\.self) == ["/usage"])

        let refused = try await run("doctor", key: "another-key")
        #expect(refused.code == 1 && refused.text.contains("HTTP 401, empty body\n         -> check PAID_KEY"))
        let missing = try await run("doctor", key: "")
        #expect(missing.code == 1 && missing.text.contains("-> set PAID_KEY"))

        left.withLock { $0 = 1 }
        #expect(try await run("fetch", "--dry-run").code == 0)
        left.withLock { $0 = 0 }
        let spent = try await run("fetch", "--dry-run")
        #expect(
            spent.code == 1 && spent.text.contains("budget: not asked: 2000 of 2000 credits are spent"), "\(spent.text)"
        )
    }

    @Test func `a provider that does not tell what is left only costs a warning`() async throws {
        let (redis, folder) = (try await TestRedis(), try TestFolder())
        let server = try await StubServer { request in
            let body = request.path == "/usage" ? "no" : #"[{"a":1}]"#
            let status = request.path == "/usage" ? 404 : 200
            return [.send(Array("HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))]
        }
        try """
        {"worker": "fetch", "name": "paid", "redis": {"url": "\(redis.url)"}, "schedule": {},
         "request": {"url": "\(server.url)/list"}, "filter": ".[]",
         "usage": {"url": "\(server.url)/usage", "filter": "{left}"},
         "budget": {"plan": 2000, "period": "30d"}, "publish": {"stream": "paid"}}
        """.write(toFile: "\(folder.path)/paid.json", atomically: true, encoding: .utf8)
        let result = try await Cointape.run(["fetch", "\(folder.path)/paid.json"])
        #expect(result.code == 0 && result.text.contains("usage.unknown"), "\(result.text)")
        #expect(result.text.contains("HTTP 404"))
    }

    @Test func `a Redis that does not answer, and a folder that cannot be written, are wrong`() async throws {
        let folder = try TestFolder()
        try "a file".write(toFile: "\(folder.path)/file", atomically: true, encoding: .utf8)
        let result = try await Cointape.run(
            ["doctor", "config/archive.json"],
            environment: ["REDIS_URL": "redis://127.0.0.1:1", "ARCHIVE_DIR": "\(folder.path)/file/archive"])
        #expect(result.code == 1)
        #expect(result.text.contains("wrong    redis 127.0.0.1:1: "), "\(result.text)")
        #expect(result.text.contains("-> redis-cli -p 1 PING"))
        #expect(result.text.contains("wrong    the archive in \(folder.path)/file/archive cannot be written: "))
    }
}
