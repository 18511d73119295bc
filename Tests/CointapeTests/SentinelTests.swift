import Foundation
import Redis
import TestSupport
import Testing

/// Whole processes on a primary that Sentinels name, as docs/howto/sentinel.md shows it.
@Suite(.tags(.clock)) struct SentinelTests {
    static let page = "docs/howto/sentinel.md"

    @Test(.timeLimit(.minutes(2)))
    func `the page's commands work, and a worker goes on at the new primary`() async throws {
        let servers = try await TestSentinels(count: 3)
        try await servers.untilReady()
        let folder = try TestFolder()
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/cointape", withDestinationPath: Cointape.program)
        let environment = [
            "SENTINEL_HOST": "127.0.0.1", "SENTINEL_PORT": "\(servers.sentinels[0].port)", "REDIS_URL": servers.url,
            "CONFIG_DIR": "\(Repository.path)/config",
            "PATH": "\(folder.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
        ]
        let worker = try Cointape(["run", "config/toplist.json"], environment: ["REDIS_URL": servers.url])
        func isConnected(to server: TestRedis) async throws -> Bool {
            try await server.client().send(RedisCommand("CLIENT", "LIST")).text?.contains("name=cointape-toplist")
                == true
        }
        try await eventually(within: .seconds(30), "the worker has connected: \(worker.text)") {
            try await isConnected(to: servers.primary)
        }
        let blocks = try Document(Self.page).blocks
        #expect(blocks.count == 2)
        let asked = try await shell(blocks[0].commands, environment: environment)
        #expect(asked.contains("OK 3 usable Sentinels") && asked.contains("\n\(servers.primary.port)\n"), "\(asked)")
        #expect(asked.contains("redis tape of 127.0.0.1:\(servers.sentinels[0].port),"), "\(asked)")
        #expect(!asked.contains("<host"), "\(asked)")
        let text = try await shell(blocks[1].commands, environment: environment)
        #expect(text.trimmingCharacters(in: .whitespacesAndNewlines) == blocks[1].output)
        try await eventually(within: .seconds(40), "the worker has followed: \(worker.text)") {
            guard worker.text.contains("redis.moved") else { return false }
            return (try? await isConnected(to: servers.replica)) == true
        }
    }

    @Test func `the page's settings are understood, and a password for Sentinels without Sentinels is not`()
        async throws
    {
        let text = try String(contentsOfFile: "\(Repository.path)/\(Self.page)", encoding: .utf8)
        let examples = text.components(separatedBy: "```json\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0]
        }
        #expect(examples.count == 2)
        let folder = try TestFolder()
        let api = try String(contentsOfFile: "\(Repository.path)/config/api.json", encoding: .utf8)
        let orders = examples[1].dropFirst().dropLast()
        let config = api.replacing(/"redis": {"url": "\$\{REDIS_URL.*},\n/, with: "\"redis\": \(examples[0]),\n")
            .replacing(#""durability": {"replicas": "${ORDERS_REPLICAS:-0}"}"#, with: orders)
        #expect(config != api && config.contains("\(orders)"))
        #expect(config.contains("SENTINEL_PASSWORD") && config.contains("durability"))
        let file = "\(folder.path)/api.json"
        try config.write(toFile: file, atomically: true, encoding: .utf8)
        let good = [
            "REDIS_URL": "redis+sentinel://u:canary1@h1,h2/tape", "SENTINEL_PASSWORD": "canary2",
            // The same servers, named in another order.
            "ORDERS_REDIS_URL": "redis+sentinel://u:canary1@h2,h1/tape",
        ]
        let checked = try await Cointape.run(["check", file], environment: good)
        #expect(checked.code == 0 && !checked.text.contains("canary"), "\(checked.text)")
        let rights = try await Cointape.run(["acl", file], environment: good)
        #expect(
            rights.text.contains("# Redis tape of h1:26379,h2:26379: on the primary and on each replica"),
            "\(rights.text)")
        #expect(rights.text.contains("+role") && !rights.text.contains("canary"), "\(rights.text)")
        #expect(rights.text.components(separatedBy: "ACL SETUSER cointape-api on").count == 2, "\(rights.text)")
        let bad = try await Cointape.run(
            ["check", file], environment: ["REDIS_URL": "redis://h1", "SENTINEL_PASSWORD": "canary2"])
        #expect(
            bad.code == 78 && bad.text.contains("redis.sentinel: counts only for a url of Sentinels"), "\(bad.text)")
        #expect(!bad.text.contains("canary"))
    }
}
