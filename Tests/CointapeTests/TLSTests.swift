import Foundation
import Redis
import TestSupport
import Testing

/// Whole processes on a Redis with TLS, with the settings that docs/howto/redis-with-tls.md shows.
@Suite struct TLSTests {
    private let authority: TestAuthority
    private let folder: String

    init() throws {
        authority = try TestAuthority()
        folder = authority.folder
    }

    /// The merge worker's config with the page's object `redis`, whose files are the test's.
    private func config() throws -> String {
        let page = try String(contentsOfFile: "\(Repository.path)/docs/howto/redis-with-tls.md", encoding: .utf8)
        let block = try #require(page.components(separatedBy: "```json\n").dropFirst().first)
        let client = try authority.sign("client")
        var redis = block.components(separatedBy: "\n```")[0]
        for (shown, own) in [
            ("/etc/cointape/ca.pem", authority.certificate), ("/etc/cointape/client.pem", client.certificate),
            ("/etc/cointape/client.key", client.key),
        ] {
            #expect(redis.contains(shown))
            redis = redis.replacingOccurrences(of: shown, with: own)
        }
        var settings = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: URL(fileURLWithPath: "\(Repository.path)/config/toplist.json")))
                as? [String: Any])
        settings["redis"] = try JSONSerialization.jsonObject(with: Data(redis.utf8))
        let file = "\(folder)/toplist.json"
        try JSONSerialization.data(withJSONObject: settings).write(to: URL(fileURLWithPath: file))
        return file
    }

    @Test func `a worker and status reach it, and redis-cli as they say`() async throws {
        let port = try FreePort.next()
        let redis = try await TestRedis(try authority.server(port: port, wantsClients: true))
        let environment = ["REDIS_URL": "rediss://127.0.0.1:\(port)"]
        let file = try config()
        let worker = try Cointape(["run", file], environment: environment)
        try await eventually(within: .seconds(30), "the worker has connected: \(worker.text)") {
            try await redis.client().send(RedisCommand("CLIENT", "LIST")).text?.contains("name=cointape-toplist")
                == true
        }
        // What it prints mends the matter, through TLS.
        _ = try await redis.client().send(RedisCommand("CONFIG", "SET", "maxmemory", "1mb"))
        let status = try await Cointape.run(["status", file], environment: environment)
        #expect(status.text.contains("redis 127.0.0.1:\(port), Redis 7."), "\(status.text)")
        let line = try #require(
            status.text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.first {
                $0.hasPrefix("redis-cli") && $0.contains("maxmemory")
            }, "\(status.text)")
        #expect(line.contains("--tls --cacert \(authority.certificate) --cert "))
        #expect(try await shell(line).contains("OK"))
    }

    @Test func `check says what does not fit`() async throws {
        let file = try config()
        let plain = try await Cointape.run(["check", file], environment: ["REDIS_URL": "redis://127.0.0.1:6379"])
        #expect(
            plain.code != 0 && plain.text.contains("redis.tls: counts only for a url that begins with rediss://"),
            "\(plain.text)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        try text.replacingOccurrences(
            of: "\"key\":\"\(folder.replacingOccurrences(of: "/", with: "\\/"))\\/client.key\"",
            with: "\"verify\":\"fully\""
        )
        .write(toFile: file, atomically: true, encoding: .utf8)
        let wrong = try await Cointape.run(["check", file], environment: ["REDIS_URL": "rediss://127.0.0.1:6379"])
        #expect(wrong.text.contains("redis.tls.certificate: needs key too"), "\(wrong.text)")
        #expect(
            wrong.text.contains(
                "redis.tls.verify: should be one of full, ca, none, not \"fully\" (did you mean full?)"),
            "\(wrong.text)")
    }
}
