import Foundation
import Redis
import TestSupport
import Testing

/// Whole processes on a cluster, as docs/howto/cluster.md shows it.
@Suite(.tags(.clock)) struct ClusterTests {
    static let page = "docs/howto/cluster.md"

    private static func order(_ number: Int) -> String {
        #"{"currency":"USD","amount":"\#(number)","idempotence_key":"\#(number)"}"#
    }

    @Test(.timeLimit(.minutes(2)))
    func `the page's commands work: a ledger moves into a cluster, and orders go on there after a failover`()
        async throws
    {
        let shop = try await Shop(apis: 1)
        let cluster = try await TestCluster(replicas: true)
        let folder = try TestFolder()
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/cointape", withDestinationPath: Cointape.program)
        let environment = [
            "NODE_HOST": "127.0.0.1", "NODE_PORT": "\(cluster.nodes[1].port)",
            "REPLICA_HOST": "127.0.0.1", "REPLICA_PORT": "\(cluster.nodes[3].port)",
            "OLD_HOST": "127.0.0.1", "OLD_PORT": "\(shop.redis.port)", "REDIS_URL": cluster.url,
            "CONFIG_DIR": "\(Repository.path)/config", "WITNESS_DIR": "\(folder.path)/witness",
            "PATH": "\(folder.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")",
        ]
        let blocks = try Document(Self.page).blocks
        #expect(blocks.count == 3)
        func run(_ place: Int) async throws -> String {
            try await shell("cd \(folder.path) && { \(blocks[place].commands); }", environment: environment)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        #expect(try await shop.put(Self.order(100)).status == 200)
        shop.apis[0].process.signal(SIGTERM)
        #expect(try await shop.apis[0].process.exit() == 0)
        let moved = try await run(2)
        #expect(moved.hasSuffix("ok"), "\(moved)")
        let entries = RedisCommand("XRANGE", "{orders}:ledger", "-", "+")
        let client = cluster.nodes[0].client(try cluster.endpoint)
        #expect(try await client.send(entries) == shop.client.send(entries))

        let port = try FreePort.next()
        let api = try Cointape(["run", "config/api.json"], environment: ["REDIS_URL": cluster.url, "PORT": "\(port)"])
        try await eventually(within: .seconds(30), "the api takes orders: \(api.text)") {
            (try? await shop.put(Self.order(200), port: port))?.status == 200
        }
        let asked = try await run(0)
        #expect(asked.hasPrefix("cluster_state:ok"), "\(asked)")
        #expect(asked.contains("redis cluster of 127.0.0.1:\(cluster.nodes[0].port),"), "\(asked)")
        #expect(try await run(1) == blocks[1].output)
        try await eventually(within: .seconds(5), "orders go on at the new primary: \(api.text)") {
            (try? await shop.put(Self.order(300), port: port))?.status == 200
        }
        #expect(try await cluster.nodes[3].client().send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(4))
        #expect(try await shop.put(Self.order(100), port: port).status == 200)
        #expect(try await client.send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(4))
    }

    @Test func `status has every node, and names the one that is away and the slot that nobody has`() async throws {
        let cluster = try await TestCluster(arguments: ["--cluster-require-full-coverage", "no"])
        let client = cluster.nodes[0].client(try cluster.endpoint)
        let beat = #"{"last_minute":"2026-11-21T09:01Z"}"#
        for number in 0..<20 {
            _ = try await client.send(RedisCommand("SET", "worker:toplist:h:\(number)", beat, "PX", 600_000))
        }
        func status() async throws -> String {
            try await Cointape.run(["status", "config/toplist.json"], environment: ["REDIS_URL": cluster.url]).text
        }
        let well = try await status()
        for node in cluster.nodes { #expect(well.contains("redis 127.0.0.1:\(node.port), Redis "), "\(well)") }
        let line = well.split(separator: "\n").first { $0.hasPrefix("toplist  merge") } ?? ""
        #expect(line.contains(" 20 "), "\(well)")
        // The slot of toplist.
        for node in cluster.nodes { _ = try await node.client().send(RedisCommand("CLUSTER", "DELSLOTS", 12_857)) }
        let holed = try await status()
        #expect(holed.contains(": slot 12857 belongs to no node"), "\(holed)")
        #expect(holed.contains(" --cluster fix 127.0.0.1:\(cluster.nodes[0].port)"), "\(holed)")
        #expect(!holed.contains(" DEL "), "\(holed)")
        cluster.nodes[1].signal(SIGSTOP)
        let halved = try await status()
        #expect(halved.contains("redis 127.0.0.1:\(cluster.nodes[1].port): "), "\(halved)")
        #expect(halved.contains("redis-cli -p \(cluster.nodes[1].port) PING"), "\(halved)")
        #expect(halved.contains("redis 127.0.0.1:\(cluster.nodes[2].port), Redis "), "\(halved)")
        #expect(!halved.contains(" DEL ") && !halved.contains("no worker is alive"), "\(halved)")
    }

    @Test func `a cluster's rights are those of each node, and its settings are those of a server`() async throws {
        let url = [
            "REDIS_URL": "rediss+cluster://u:canary1@h1,h2:7", "ORDERS_REDIS_URL": "rediss+cluster://u:canary1@h2:7",
        ]
        let rights = try await Cointape.run(["acl", "config/api.json"], environment: url)
        #expect(rights.code == 0 && !rights.text.contains("canary"), "\(rights.text)")
        #expect(
            rights.text.contains("# Redis cluster of h1:6379,h2:7: on each node, replicas included"), "\(rights.text)")
        let line = rights.text.split(separator: "\n").first { $0.contains("ACL SETUSER cointape-api on") } ?? ""
        #expect(line.hasPrefix("redis-cli -h '<host of a node>' -p '<port>' --tls ACL SETUSER"), "\(line)")
        for right in ["+cluster|slots", "+cluster|nodes", "+asking"] { #expect(line.contains(right), "\(line)") }
        #expect(!line.contains("+role"))
        let bad = try await Cointape.run(
            ["check", "config/api.json"], environment: ["REDIS_URL": "redis+cluster://h1/2"])
        #expect(bad.code == 78 && bad.text.contains("redis.url: has a db, and a cluster only has db 0"), "\(bad.text)")
    }
}
