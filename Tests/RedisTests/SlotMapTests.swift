import Foundation
import Testing

@testable import Redis

/// Which slot a key has, and which node a slot.
@Suite struct SlotMapTests {
    // As CLUSTER KEYSLOT of Redis 7.0.15 answers.
    @Test(arguments: [
        ("123456789", 12_739), ("", 0), ("foo", 12_182), ("{user1000}.following", 3443), ("{user1000}.followers", 3443),
        ("foo{}{bar}", 8363), ("foo{{bar}}zap", 4015), ("foo{bar}{zap}", 5061), ("foo{bar", 15_278),
        ("{orders}:ledger", 105), ("toplist", 12_857), ("b}tc{", 13_281),
    ])
    func `a key's slot is that of its hash tag`(key: String, slot: Int) {
        #expect(SlotMap.slot(of: key.utf8) == slot)
    }

    @Test func `every slot has a tag`() {
        for slot in [0, 1, 105, 8191, 16_383] {
            #expect(SlotMap.slot(of: "probe:api\(SlotMap.tag(of: slot))".utf8) == slot)
        }
    }

    @Test(arguments: [
        (RedisCommand("GET", "k"), "k"), (RedisCommand("XRANGE", "k", "-", "+"), "k"),
        (RedisCommand("EVALSHA", "0", 2, "k", "other", "x"), "k"), (RedisCommand("EVAL", "return 1", 0, "x"), nil),
        (RedisCommand("XREAD", "COUNT", 1, "BLOCK", 5, "STREAMS", "k", "0-0"), "k"),
        (RedisCommand("XINFO", "STREAM", "k"), "k"), (RedisCommand("MEMORY", "USAGE", "k"), "k"),
        (RedisCommand("WAIT", 1, 100), nil), (RedisCommand("INFO", "server"), nil), (RedisCommand("EVALSHA", "0"), nil),
        (RedisCommand("XREAD", "STREAMS"), nil), (RedisCommand("GET"), nil),
    ])
    func `a command goes where its first key is`(command: RedisCommand, key: String?) {
        #expect(command.key.map { String(decoding: $0, as: UTF8.self) } == key)
    }

    @Test func `every command that is used has a known place for its key`() throws {
        let keyless = [
            "PING", "INFO", "TIME", "WAIT", "WAITAOF", "ROLE", "SCAN", "CONFIG", "CLIENT", "CLUSTER", "SENTINEL", "ACL",
        ]
        let others = ["MULTI", "EXEC", "ASKING", "AUTH", "SELECT", "EVAL", "EVALSHA", "XREAD", "XINFO", "MEMORY"]
        // `COMMAND INFO` of these tells that their first argument is their first key.
        let plain = [
            "EXISTS", "GET", "GETRANGE", "HGET", "HGETALL", "HLEN", "HMGET", "HSCAN", "PTTL", "SET", "TYPE", "UNLINK",
            "XLEN",
            "XRANGE", "XREVRANGE",
        ]
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        var used: Set<String> = []
        for case let file as URL in FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
            ?? .init()
        where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /RedisCommand\(\s*"([A-Z]+)"/) { used.insert(String(match.1)) }
        }
        #expect(used.isSuperset(of: ["XRANGE", "EVALSHA", "INFO", "GETRANGE"]))
        #expect(used.subtracting(keyless + others + plain) == [])
        for name in plain { #expect(RedisCommand(name, "k", "x").key?.elementsEqual("k".utf8) == true) }
        for name in keyless { #expect(RedisCommand(name, "k", "x").key == nil) }
    }

    private static func address(_ host: String) -> RedisEndpoint.Address { .tcp(host: host, port: 1) }

    private static func shard(_ id: String, _ epoch: Int64, at host: String? = nil) -> SlotMap.Shard {
        SlotMap.Shard(id: id, epoch: epoch, primary: address(host ?? id), replicas: 0)
    }

    /// Slots 0 to 99 are a's, and 100 to 199 b's.
    private static func map(_ a: SlotMap.Shard, _ b: SlotMap.Shard) throws -> SlotMap {
        try #require(SlotMap([a, b], [(0...99, 0), (100...199, 1)]))
    }

    @Test func `the highest epoch has a slot, whoever tells of it and in any order`() throws {
        let old = try Self.map(Self.shard("a", 1), Self.shard("b", 2))
        let new = try Self.map(Self.shard("c", 5), Self.shard("b", 2))
        for answers in [[old, new, old], [new, old], [old, old, new]] {
            var map = SlotMap()
            for answer in answers { _ = map.merge(answer, from: "z") { _ in false } }
            #expect(map.primary(of: 50) == Self.address("c") && map.primary(of: 150) == Self.address("b"))
            #expect(map.shards.map(\.id).sorted() == ["b", "c"])
        }
        var map = old
        let changes = [new, new, old].map { answer in map.merge(answer, from: "z") { _ in false } }
        #expect(changes == [true, false, false])
    }

    @Test func `an answer that is newer is right about what its owner has lost, also if that has a higher epoch now`()
        throws
    {
        var map = try Self.map(Self.shard("a", 5), Self.shard("b", 2))
        // Slot 5 went to b, and then slot 100 to a.
        let answer = try #require(
            SlotMap([Self.shard("a", 7), Self.shard("b", 6)], [(0...4, 0), (5...5, 1), (6...100, 0), (101...199, 1)]))
        _ = map.merge(answer, from: "z") { _ in false }
        #expect(map.primary(of: 5) == Self.address("b") && map.primary(of: 100) == Self.address("a"))
        let other = try #require(
            SlotMap([Self.shard("a", 9), Self.shard("b", 6)], [(0...3, 0), (4...5, 1), (6...100, 0), (101...199, 1)]))
        _ = map.merge(other, from: "z") { _ in false }
        #expect(map.primary(of: 4) == Self.address("b"))
    }

    @Test func `a node that has another address is the same`() throws {
        var map = try Self.map(Self.shard("a", 1), Self.shard("b", 2))
        let changes = [
            map.merge(try Self.map(Self.shard("a", 1, at: "elsewhere"), Self.shard("b", 2)), from: "z") { _ in false },
            map.merge(try Self.map(Self.shard("a", 0, at: "old"), Self.shard("b", 2)), from: "z") { _ in false },
        ]
        #expect(changes == [true, false] && map.primary(of: 0) == Self.address("elsewhere"))
        #expect(map.shards.count == 2)
    }

    @Test func `a primary that is gone has no claim`() throws {
        var map = try Self.map(Self.shard("a", 50), Self.shard("b", 51))
        let anew = try Self.map(Self.shard("x", 1), Self.shard("y", 2))
        let isTaken = map.merge(anew, from: "z") { _ in false }
        #expect(!isTaken && map.primary(of: 0) == Self.address("a"))
        let changes = [
            map.merge(anew, from: "z") { ["a", "b"].contains($0) }, map.merge(anew, from: "z") { _ in false },
        ]
        #expect(changes == [true, false])
        #expect(map.primary(of: 0) == Self.address("x") && map.shards.map(\.id) == ["x", "y"])
    }

    @Test func `what a node does not say of itself is not so, whatever its epoch was`() throws {
        var map = try Self.map(Self.shard("a", 50), Self.shard("b", 51))
        // All nodes have been put back to what they were: a still has its slots, and c has those of b.
        let back = try Self.map(Self.shard("a", 3), Self.shard("c", 4))
        var changes = [map.merge(back, from: "c") { _ in false }]
        #expect(changes == [false] && map.primary(of: 150) == Self.address("b"))
        changes = ["a", "b"].map { id in map.merge(back, from: id) { _ in false } }
        #expect(changes == [false, true] && map.primary(of: 150) == Self.address("c"))
        #expect(map.shards.map(\.epoch) == [3, 4])
        let none = try #require(SlotMap([Self.shard("a", 3)], [(0...49, 0)]))
        changes = [map.merge(none, from: "a") { _ in false }]
        #expect(changes == [true])
        #expect(map.primary(of: 49) == Self.address("a") && map.primary(of: 50) == nil)
    }

    @Test func `what a node said of one slot counts until a higher epoch`() throws {
        var map = try Self.map(Self.shard("a", 1), Self.shard("b", 2))
        let moves = [
            map.move(5, to: Self.address("b")), map.move(5, to: Self.address("b")), map.move(6, to: Self.address("n")),
        ]
        #expect(moves == [true, false, true])
        _ = map.merge(try Self.map(Self.shard("a", 1), Self.shard("b", 2)), from: "z") { _ in false }
        #expect(map.primary(of: 5) == Self.address("b") && map.primary(of: 6) == Self.address("n"))
        let newer = try #require(
            SlotMap(
                [Self.shard("a", 1), Self.shard("b", 2), Self.shard("n", 3)], [(0...5, 0), (6...9, 2), (100...199, 1)]))
        _ = map.merge(newer, from: "z") { _ in false }
        #expect(map.primary(of: 6) == Self.address("n") && map.primary(of: 9) == Self.address("n"))
        #expect(map.shards.map(\.id) == ["a", "b", "n"])
    }

    @Test func `tells which slots have moved`() throws {
        let old = try Self.map(Self.shard("a", 1), Self.shard("b", 2))
        var new = old
        for slot in [5, 6, 7, 20] { _ = new.move(slot, to: Self.address("b")) }
        _ = new.move(200, to: Self.address("c"))
        #expect(
            new.moves(since: old).map { "\(RedisEndpoint(address: $0.now)): \($0.words)" } == [
                "b:1: slots 5-7, 20 were at a:1", "c:1: slot 200 was nowhere",
            ])
        for slot in stride(from: 30, to: 40, by: 2) { _ = new.move(slot, to: Self.address("b")) }
        #expect(new.moves(since: old)[0].words == "slots 5-7, 20, 30 and others, 9 in all, were at a:1")
    }
}
