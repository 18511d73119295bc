package import Redis

/// A primary, a replica, and Sentinels that name the primary `tape`.
package final class TestSentinels: Sendable {
    package let primary: TestRedis
    package let replica: TestRedis
    package let sentinels: [TestRedis]

    /// `arguments` are those of the two servers, `lines` more of each Sentinel's file; a server that says nothing for a second is down.
    package init(count: Int = 1, arguments: [String] = [], lines: [String] = []) async throws {
        primary = try await TestRedis(arguments)
        replica = try await TestRedis(
            ["--replicaof", "127.0.0.1 \(primary.port)", "--repl-diskless-sync-delay", "0"] + arguments)
        let file =
            ([
                "sentinel monitor tape 127.0.0.1 \(primary.port) \(count / 2 + 1)",
                "sentinel down-after-milliseconds tape 1000", "sentinel failover-timeout tape 3000",
            ] + lines).joined(separator: "\n") + "\n"
        var sentinels: [TestRedis] = []
        for _ in 0..<count { sentinels.append(try await TestRedis(["--sentinel"], file: file)) }
        self.sentinels = sentinels
    }

    package var url: String {
        "redis+sentinel://\(sentinels.map { "127.0.0.1:\($0.port)" }.joined(separator: ","))/tape"
    }

    package var endpoint: RedisEndpoint {
        get throws { try RedisEndpoint(parsing: url) }
    }

    /// Returns when every Sentinel knows the replica, and the others, so that it can replace the primary.
    package func untilReady() async throws {
        for sentinel in sentinels {
            let client = sentinel.client()
            try await eventually("a Sentinel knows the replica, and the others") {
                let facts =
                    try await client.send(RedisCommand("SENTINEL", "MASTER", "tape")).array?.compactMap(\.text) ?? []
                func fact(_ name: String) -> String? { facts.firstIndex(of: name).map { facts[$0 + 1] } }
                let replicas = try await client.send(RedisCommand("SENTINEL", "REPLICAS", "tape")).array ?? []
                let isUp = replicas.contains { $0.array?.contains { $0.text == "master-link-status" } == true }
                return fact("num-slaves") == "1" && fact("num-other-sentinels") == "\(sentinels.count - 1)" && isUp
            }
        }
    }

    /// `SENTINEL FAILOVER`; returns when the replica has become the primary.
    package func failover() async throws {
        try await untilReady()
        let (sentinel, replica) = (sentinels[0].client(), replica.client())
        try await eventually("a Sentinel begins a failover") {
            // It refuses as long as it holds the replica for unfit, as it does at first.
            (try? await sentinel.send(RedisCommand("SENTINEL", "FAILOVER", "tape"))) != nil
        }
        try await eventually("the replica is the primary") {
            (try? await replica.send(RedisCommand("ROLE")).array?.first?.text) == "master"
        }
    }
}
