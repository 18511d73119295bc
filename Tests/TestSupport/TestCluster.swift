package import Redis

/// A cluster of three primaries, each with a replica if wanted, that fails over within two seconds.
package final class TestCluster: Sendable {
    package let nodes: [TestRedis]
    private let ids: [String]

    /// Nodes 0 to 2 are the primaries and have the slots in three equal parts, in this order; node 3 is the replica of 0, and so on.
    ///
    /// `arguments` are those of each node. Returns when every node takes commands, and knows all others.
    package init(replicas: Bool = false, arguments: [String] = []) async throws {
        var nodes: [TestRedis] = []
        for _ in 0..<(replicas ? 6 : 3) {
            nodes.append(
                try await TestRedis(
                    [
                        "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--cluster-port",
                        "\(try FreePort.next())", "--repl-diskless-sync-delay", "0",
                    ] + arguments))
        }
        self.nodes = nodes
        let clients = nodes.map { $0.client() }
        var ids: [String] = []
        for client in clients { ids.append(try await client.send(RedisCommand("CLUSTER", "MYID")).text ?? "") }
        self.ids = ids
        // A node takes an epoch only as long as it knows no other.
        for (number, client) in clients.enumerated() {
            _ = try await client.send(RedisCommand("CLUSTER", "SET-CONFIG-EPOCH", number + 1))
        }
        for (number, client) in clients.prefix(3).enumerated() {
            let slots = (16_384 * number / 3)..<(16_384 * (number + 1) / 3)
            _ = try await client.send(
                RedisCommand("CLUSTER", "ADDSLOTSRANGE", slots.lowerBound, slots.upperBound - 1))
        }
        for node in nodes.dropFirst() {
            let bus = try await node.client().send(RedisCommand("CONFIG", "GET", "cluster-port")).array?[1].text ?? ""
            _ = try await clients[0].send(RedisCommand("CLUSTER", "MEET", "127.0.0.1", node.port, bus))
        }
        let count = nodes.count
        try await untilAll("knows all others") { client in
            let known = try await client.send(RedisCommand("CLUSTER", "NODES")).text ?? ""
            return known.split(separator: "\n").count { !$0.contains("handshake") } == count
        }
        for (number, client) in clients.enumerated().dropFirst(3) {
            _ = try await client.send(RedisCommand("CLUSTER", "REPLICATE", ids[number - 3]))
        }
        try await untilWhole()
    }

    package var url: String {
        "redis+cluster://\(nodes.prefix(3).map { "127.0.0.1:\($0.port)" }.joined(separator: ","))"
    }

    package var endpoint: RedisEndpoint {
        get throws { try RedisEndpoint(parsing: url) }
    }

    /// Returns when every node takes commands, all agree who has which slots, and the replicas are connected.
    package func untilWhole() async throws {
        let count = nodes.count - 3
        try await untilAll("takes commands") { client in
            (try await client.send(RedisCommand("CLUSTER", "INFO")).text ?? "").contains("cluster_state:ok")
        }
        try await eventually("the nodes agree, and the replicas are connected") { [nodes] in
            var (maps, connected, listed) = (Set<String>(), 0, 0)
            for node in nodes {
                let client = node.client()
                guard let ranges = try await client.send(RedisCommand("CLUSTER", "SLOTS")).array else { return false }
                maps.insert(ranges.map { "\($0)" }.sorted().joined())
                listed += ranges.reduce(0) { $0 + ($1.array?.count ?? 3) - 3 }
                let info = RedisInfo(try await client.send(RedisCommand("INFO", "replication")).text ?? "")
                connected += Int(info.integer("connected_slaves") ?? 0)
            }
            return maps.count == 1 && connected == count && listed == count * nodes.count
        }
    }

    private func untilAll(_ what: String, _ isSo: @escaping @Sendable (RedisClient) async throws -> Bool) async throws {
        for node in nodes {
            let client = node.client()
            try await eventually("a node \(what)") { try await isSo(client) }
        }
    }

    /// `CLUSTER FAILOVER` of the primary 0, 1 or 2 to its replica; returns when that is the primary.
    package func failover(_ number: Int) async throws {
        let replica = nodes[number + 3].client()
        _ = try await replica.send(RedisCommand("CLUSTER", "FAILOVER"))
        try await eventually("the replica is the primary") {
            try await replica.send(RedisCommand("ROLE")).array?.first?.text == "master"
        }
    }

    /// The first half of moving a slot between two primaries: the source sends on those who want a key that it does not have
    /// any more.
    package func beginMove(of slot: Int, from source: Int, to target: Int) async throws {
        _ = try await nodes[target].client().send(RedisCommand("CLUSTER", "SETSLOT", slot, "IMPORTING", ids[source]))
        _ = try await nodes[source].client().send(RedisCommand("CLUSTER", "SETSLOT", slot, "MIGRATING", ids[target]))
    }

    package func move(key: String, from source: Int, to target: Int) async throws {
        _ = try await nodes[source].client().send(
            RedisCommand("MIGRATE", "127.0.0.1", nodes[target].port, key, 0, 5000))
    }

    package func endMove(of slot: Int, from source: Int, to target: Int) async throws {
        for number in [target, source] {
            _ = try await nodes[number].client().send(RedisCommand("CLUSTER", "SETSLOT", slot, "NODE", ids[target]))
        }
    }
}
