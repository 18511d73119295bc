import Foundation
import Logging
import NIOPosix
import TestSupport
import Testing

@testable import Redis

/// A client of a real cluster.
@Suite(.tags(.clock)) struct ClusterTests {
    private static func client(
        _ endpoint: RedisEndpoint, _ said: Said = Said(), timeout: Duration = .seconds(5)
    ) -> RedisClient {
        RedisClient(
            endpoint, name: "test", timeout: timeout, group: MultiThreadedEventLoopGroup.singleton, logger: said.logger)
    }

    private static func message(_ client: RedisClient, _ command: RedisCommand = RedisCommand("PING")) async -> String {
        do throws(RedisError) {
            return try await client.send(command).text ?? ""
        } catch {
            return error.message
        }
    }

    private static let script = RedisScript(
        name: "test", source: Array("return redis.call('INCRBY', KEYS[1], ARGV[1])".utf8))

    @Test func `every command goes to the node that has its key`() async throws {
        let cluster = try await TestCluster()
        let client = Self.client(try cluster.endpoint)
        for number in 0..<100 { _ = try await client.send(RedisCommand("SET", "key\(number)", number)) }
        var sizes: [Int64] = []
        for node in cluster.nodes { sizes.append(try await node.client().send(RedisCommand("DBSIZE")).integer ?? 0) }
        #expect(sizes.reduce(0, +) == 100 && sizes.allSatisfy { $0 > 10 }, "\(sizes)")
        #expect(try await client.evaluate(Self.script, keys: ["key7"], arguments: [5]) == .integer(12))
        let pair = try await client.evaluate(
            Self.script, keys: ["key8"], arguments: [1], then: RedisCommand("WAIT", 0, 10))
        #expect(pair.0 == .integer(9) && pair.1 == .integer(0))
        #expect(
            try await client.send(RedisCommand("GET", "key9"), then: RedisCommand("PTTL", "key9"))
                == (.bulk(Array("9".utf8)), .integer(-1)))
        // Two that lie on different nodes go to both.
        #expect(SlotMap.slot(of: "toplist".utf8) / 5462 != SlotMap.slot(of: "key9".utf8) / 5462)
        #expect(
            try await client.send(RedisCommand("XRANGE", "toplist", "-", "+"), then: RedisCommand("GET", "key9"))
                == (.array([]), .bulk(Array("9".utf8))))
        // Nothing was asked of a node that does not have it.
        for node in cluster.nodes {
            let stats = try await node.client().send(RedisCommand("INFO", "errorstats")).text ?? ""
            #expect(!stats.contains("MOVED"), "\(stats)")
        }
        for (number, server) in try await client.allServers().enumerated() {
            #expect(server.endpoint == cluster.nodes[number].endpoint && server.knownReplicas == 0)
            let key = server.ownKey("probe:api")
            #expect(key.hasPrefix("probe:api"))
            #expect(try await server.send(RedisCommand("SET", key, "1")) == .status("OK"))
        }
        let server = try await client.server(of: "key7")
        #expect(try await server.send(RedisCommand("GET", "key7")).text == "12")
        #expect(client.server.cli == "redis-cli -p \(cluster.nodes[0].port) -c")
    }

    @Test func `commands, and those that wait, go on at the new primary after a failover`() async throws {
        let cluster = try await TestCluster(replicas: true)
        let said = Said()
        let client = Self.client(try cluster.endpoint, said)
        #expect(try await client.server(of: "{orders}:ledger").knownReplicas == 1)
        let blocking = client.separate()
        let waiting = Task {
            try await blocking.sendBlocking(
                RedisCommand("XREAD", "BLOCK", 30_000, "STREAMS", "{orders}:ledger", "$"), timeout: .seconds(40))
        }
        try await eventually("a client waits") { try await cluster.nodes[0].blockedClients() == 1 }
        let before = client.connections
        try await cluster.failover(0)
        try await eventually(within: .seconds(2), "it waits at the new primary") {
            try await cluster.nodes[3].blockedClients() == 1
        }
        _ = try await client.send(RedisCommand("XADD", "{orders}:ledger", "1-0", "field", "value"))
        #expect(try await waiting.value.array?.count == 1)
        #expect(client.connections != before)
        try await eventually("the move is logged") { said.told.contains("redis.moved") }
        let move = try #require(said.all.first { $0.event == "redis.moved" })
        #expect(move.metadata["redis"] == "127.0.0.1:\(cluster.nodes[3].port)")
        #expect(move.metadata["detail"] == "slots 0-5460 were at 127.0.0.1:\(cluster.nodes[0].port)")
        #expect(said.told.filter { $0 != "redis.moved" } == [])
    }

    @Test func `the replica of a dead primary is used as soon as it is one, and what was owed is not sent again`()
        async throws
    {
        let cluster = try await TestCluster(replicas: true)
        let said = Said()
        let client = Self.client(try cluster.endpoint, said, timeout: .seconds(60))
        _ = try await client.send(RedisCommand("SET", "{orders}:n", 1))
        cluster.nodes[0].signal(SIGSTOP)
        // It would wait for a minute.
        let error = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("INCR", "{orders}:n"))
        }
        #expect(error?.code == .connectionLost, "\(error?.message ?? "")")
        try await eventually("the replica answers") {
            (try? await client.send(RedisCommand("GET", "{orders}:n")).text) == "1"
        }
        #expect(try await cluster.nodes[3].client().send(RedisCommand("ROLE")).array?.first?.text == "master")
    }

    @Test func `a primary that ends is told once, and its replica lets those go on who wait for Redis`() async throws {
        let cluster = try await TestCluster(replicas: true)
        let said = Said()
        let client = Self.client(try cluster.endpoint, said)
        _ = try await client.send(RedisCommand("SET", "{orders}:n", 1))
        try await cluster.nodes[0].kill()
        // The connection may be thought alive for one more command.
        try await eventually("the outage is told") {
            _ = try? await client.send(RedisCommand("GET", "{orders}:n"))
            return said.told.contains("redis.lost")
        }
        try await client.sleep(for: .seconds(60))
        #expect(try await client.send(RedisCommand("GET", "{orders}:n")).text == "1")
        #expect(said.told.filter { $0 != "redis.moved" } == ["redis.lost", "redis.back"])
    }

    @Test func `a slot that moves is followed, key by key`() async throws {
        let cluster = try await TestCluster()
        let client = Self.client(try cluster.endpoint)
        let slot = SlotMap.slot(of: "{orders}:a".utf8)
        for key in ["a", "b"] { _ = try await client.send(RedisCommand("SET", "{orders}:\(key)", key)) }
        try await cluster.beginMove(of: slot, from: 0, to: 1)
        try await cluster.move(key: "{orders}:a", from: 0, to: 1)
        let before = client.connections
        // One key is at its new place, the other at the old one, and two at once are at neither.
        #expect(try await client.send(RedisCommand("GET", "{orders}:a")).text == "a")
        #expect(client.connections != before)
        #expect(try await client.send(RedisCommand("GET", "{orders}:b")).text == "b")
        #expect(try await client.evaluate(Self.script, keys: ["{orders}:c"], arguments: [1]) == .integer(1))
        #expect(
            try await client.evaluate(
                Self.script, keys: ["{orders}:c"], arguments: [1], then: RedisCommand("WAIT", 0, 10)
            )
            .0 == .integer(2))
        let both = Task { try await client.send(RedisCommand("EXISTS", "{orders}:a", "{orders}:b")) }
        let error = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("EXISTS", "{orders}:a", "{orders}:b"))
        }
        #expect(error?.code == .server("TRYAGAIN") && error?.isTransient == true)
        _ = try? await both.value
        try await cluster.move(key: "{orders}:b", from: 0, to: 1)
        try await cluster.endMove(of: slot, from: 0, to: 1)
        #expect(try await client.send(RedisCommand("EXISTS", "{orders}:a", "{orders}:b")) == .integer(2))
        #expect(try await client.server(of: "{orders}:a").endpoint == cluster.nodes[1].endpoint)
    }

    @Test func `a node that only a redirect has named, and that dies, is no outage for good`() async throws {
        let cluster = try await TestCluster()
        let said = Said()
        let client = Self.client(try cluster.endpoint, said)
        // It has no slots, and is about to get one.
        let bus = try FreePort.next()
        let fourth = try await TestRedis([
            "--cluster-enabled", "yes", "--cluster-port", "\(bus)", "--cluster-node-timeout", "1000",
        ])
        let source = cluster.nodes[0].client()
        _ = try await source.send(RedisCommand("CLUSTER", "MEET", "127.0.0.1", fourth.port, bus))
        let id = try await fourth.client().send(RedisCommand("CLUSTER", "MYID")).text ?? ""
        let slot = SlotMap.slot(of: "{orders}:a".utf8)
        try await eventually("the first node knows it") {
            (try? await source.send(RedisCommand("CLUSTER", "SETSLOT", slot, "MIGRATING", id))) != nil
        }
        let own = try await source.send(RedisCommand("CLUSTER", "MYID")).text ?? ""
        // A slot that it imports is one of which it learns no owner any more.
        try await eventually("it knows who has which slots") {
            try await fourth.client().send(RedisCommand("CLUSTER", "SLOTS")).array?.count == 3
        }
        _ = try await fourth.client().send(RedisCommand("CLUSTER", "SETSLOT", slot, "IMPORTING", own))
        try await eventually("it answers for the slot") {
            (try? await client.send(RedisCommand("GET", "{orders}:a"))) == .null
        }
        #expect(try await fourth.calls(of: "asking") > 0)
        try await fourth.kill()
        try await eventually("it is missed") {
            _ = try? await client.send(RedisCommand("GET", "{orders}:a"))
            return said.told.contains("redis.lost")
        }
        _ = try await source.send(RedisCommand("CLUSTER", "SETSLOT", slot, "STABLE"))
        try await client.sleep(for: .seconds(60))
        try await eventually("the end of the outage is told") { said.told == ["redis.lost", "redis.back"] }
        #expect(try await client.send(RedisCommand("GET", "{orders}:a")) == .null)
    }

    @Test func `nodes that send each other's clients back and forth are given up`() async throws {
        let cluster = try await TestCluster()
        let client = Self.client(try cluster.endpoint)
        let slot = SlotMap.slot(of: "{orders}:a".utf8)
        _ = try await client.send(RedisCommand("SET", "{orders}:a", 1))
        // Node 0 names node 1, which names node 0.
        try await cluster.beginMove(of: slot, from: 0, to: 1)
        _ = try await cluster.nodes[0].client().send(RedisCommand("DEL", "{orders}:a"))
        _ = try await cluster.nodes[1].client().send(RedisCommand("CLUSTER", "SETSLOT", slot, "STABLE"))
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("GET", "{orders}:a")) }
        #expect(error?.code == .server("TRYAGAIN"), "\(error?.message ?? "")")
        #expect(error?.message.hasPrefix("TRYAGAIN its slot is on the move: ") == true, "\(error?.message ?? "")")
        #expect(error?.isTransient == true)
    }

    @Test func `one node of the URL is enough, and all may come later`() async throws {
        let cluster = try await TestCluster()
        let away = try FreePort.next()
        let url = "redis+cluster://127.0.0.1:\(away),127.0.0.1:\(cluster.nodes[2].port)"
        let begun = ContinuousClock.now
        #expect(try await Self.client(RedisEndpoint(parsing: url)).send(RedisCommand("SET", "a", 1)) == .status("OK"))
        #expect(ContinuousClock.now - begun < .seconds(3))
        let said = Said()
        let early = Self.client(try RedisEndpoint(parsing: "redis+cluster://127.0.0.1:\(away)"), said)
        #expect(await Self.message(early).contains("127.0.0.1:\(away): Connection refused"))
        #expect(said.told == ["redis.lost"])
        #expect(said.all.first?.metadata["redis"] == "cluster of 127.0.0.1:\(away)")
        #expect(early.connections == 0)
        let late = try await TestRedis(
            ["--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.next())"], port: away)
        _ = try await late.client().send(RedisCommand("CLUSTER", "ADDSLOTSRANGE", 0, 16_383))
        try await early.sleep(for: .seconds(60))
        try await eventually("it takes commands") { (try? await early.send(RedisCommand("GET", "a"))) == .null }
        // That it had no slots at first may have been seen.
        #expect(said.told.filter { $0 != "redis.moved" } == ["redis.lost", "redis.back"])
    }

    @Test func `says what a server is that is no node of a cluster, and what a node is that is taken for a server`()
        async throws
    {
        let redis = try await TestRedis()
        let plain = await Self.message(
            Self.client(try RedisEndpoint(parsing: "redis+cluster://127.0.0.1:\(redis.port)")))
        #expect(
            plain.contains(
                "127.0.0.1:\(redis.port): it is no node of a cluster; the URL of one server begins with redis://"),
            "\(plain)")
        let cluster = try await TestCluster()
        let node = await Self.message(cluster.nodes[0].client(), RedisCommand("GET", "toplist"))
        #expect(node.hasPrefix("MOVED 12857 "), "\(node)")
        #expect(
            node.hasSuffix(
                "; this server is one node of a cluster: its URL begins with redis+cluster:// or rediss+cluster://"),
            "\(node)")
    }

    @Test func `a slot that no node has fails by name, and works when one has it`() async throws {
        let cluster = try await TestCluster(arguments: ["--cluster-require-full-coverage", "no"])
        let client = Self.client(try cluster.endpoint)
        let slot = SlotMap.slot(of: "{orders}:a".utf8)
        for node in cluster.nodes { _ = try await node.client().send(RedisCommand("CLUSTER", "DELSLOTS", slot)) }
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("GET", "{orders}:a")) }
        #expect(error?.code == .server("CLUSTERDOWN") && error?.isTransient == true, "\(error?.message ?? "")")
        try await eventually("it is known that nobody has it") { client.slotsWithoutNode == [slot] }
        #expect(try await client.send(RedisCommand("SET", "toplist", 1)) == .status("OK"))
        _ = try await cluster.nodes[2].client().send(RedisCommand("CLUSTER", "ADDSLOTS", slot))
        try await eventually("it is found") { (try? await client.send(RedisCommand("GET", "{orders}:a"))) == .null }
    }

    @Test func `a user with a password is one of every node`() async throws {
        let cluster = try await TestCluster()
        for node in cluster.nodes {
            let rules = [
                "on", ">secret", "~*", "-@all", "+ping", "+get", "+client|setname", "+cluster|slots", "+cluster|nodes",
            ]
            _ = try await node.client().send(RedisCommand("ACL", arguments: ["SETUSER", "reader"] + rules))
        }
        let url = cluster.url.replacingOccurrences(of: "://", with: "://reader:secret@")
        let said = Said()
        let client = Self.client(try RedisEndpoint(parsing: url), said)
        for key in ["a", "b", "c", "{orders}:a"] { #expect(try await client.send(RedisCommand("GET", key)) == .null) }
        for node in cluster.nodes {
            _ = try await node.client().send(RedisCommand("ACL", "SETUSER", "reader", "-cluster|slots"))
        }
        // Whoever knows the map goes on with it, and says so.
        try await eventually("it is told") { said.told == ["cluster.lost"] }
        #expect(try await client.send(RedisCommand("GET", "a")) == .null)
        let refused = await Self.message(Self.client(try RedisEndpoint(parsing: url)))
        #expect(refused.contains("this user may not run CLUSTER SLOTS"), "\(refused)")
        for node in cluster.nodes {
            _ = try await node.client().send(RedisCommand("ACL", "SETUSER", "reader", "+cluster|slots"))
        }
        try await eventually("the end is told too") { said.told == ["cluster.lost", "cluster.back"] }
    }
}
