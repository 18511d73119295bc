import Testing

@testable import Redis

/// What nodes of a cluster answer.
@Suite struct ClusterAnswerTests {
    private static let asked = RedisEndpoint.Address.tcp(host: "asked", port: 1)

    private static func text(_ text: String) -> RedisReply { .bulk(Array(text.utf8)) }

    private static func node(_ host: RedisReply, _ port: Int64, _ id: String, _ names: [String] = []) -> RedisReply {
        .array([host, .integer(port), text(id), .array(names.map(text))])
    }

    private static func range(_ first: Int64, _ last: Int64, _ nodes: RedisReply...) -> RedisReply {
        .array([.integer(first), .integer(last)] + nodes)
    }

    private static let nodes = text(
        """
        a 10.0.0.1:7001@17001,host1 myself,master - 0 1795985984000 7 connected 0-99 [5-<-b]
        b 10.0.0.2:7002@17002 master - 0 1795985984202 12 connected 100-199
        c :0@0 slave,fail,noaddr b 1 2 12 disconnected
        broken line

        """)

    @Test func `reads primaries, replicas and epochs, by the names that nodes have for clients`() throws {
        let answer = try ClusterAnswer(
            slots: .array([
                Self.range(100, 199, Self.node(Self.text("b"), 2, "b"), Self.node(Self.text("c"), 3, "c")),
                Self.range(0, 99, Self.node(Self.text(""), 4, "a")),
                Self.range(300, 300, Self.node(.null, 5, "d", ["ip", "10.0.0.1"])),
                Self.range(400, 400, Self.node(Self.text("?"), 6, "e", ["ip", "10.0.0.2"])),
                Self.range(500, 16_383, Self.node(Self.text("b"), 2, "b"), Self.node(Self.text("c"), 3, "c")),
            ]), nodes: Self.nodes, asked: Self.asked)
        #expect(answer.id == "a" && answer.known == ["a", "b", "c"])
        let map = answer.map
        #expect(map.primary(of: 0) == .tcp(host: "asked", port: 4))
        #expect(map.primary(of: 150) == .tcp(host: "b", port: 2))
        #expect(map.primary(of: 200) == nil && map.shard(of: 200) == nil)
        #expect(map.primary(of: 300) == .tcp(host: "asked", port: 5))
        #expect(map.primary(of: 400) == .tcp(host: "10.0.0.2", port: 6))
        #expect(map.primary(of: 16_383) == .tcp(host: "b", port: 2))
        #expect(map.shards.map(\.replicas) == [1, 0, 0, 0] && map.shards.map(\.epoch) == [12, 7, 0, 0])
        #expect(answer.nodes.count == 5)
    }

    @Test(arguments: [
        RedisReply.status("OK"), .array([.integer(1)]), .array([.array([])]), .array([range(0, 1)]),
        .array([range(0, 16_384, node(text("a"), 1, "a"))]), .array([range(-1, 5, node(text("a"), 1, "a"))]),
        .array([range(5, 4, node(text("a"), 1, "a"))]), .array([range(0, 1, node(text("a"), 0, "a"))]),
        .array([range(0, 1, node(text("a"), 65_536, "a"))]), .array([range(0, 1, node(text("a b"), 1, "a"))]),
        .array([range(.min, .max, node(text("a"), 1, "a"))]), .array([range(0, 1, .array([.null]))]),
        .array([range(0, 1, node(text("a"), 1, ""))]), .null,
        .array((0..<17_000).map { range(0, 0, node(text("h"), 1, "\($0)")) }),
    ])
    func `an answer that is none is refused`(slots: RedisReply) {
        #expect(throws: RedisError.self) { try ClusterAnswer(slots: slots, nodes: Self.nodes, asked: Self.asked) }
    }

    @Test(arguments: [RedisReply.null, text(""), text("a 10.0.0.1:7001@17001 master - 0 1 7 connected"), .array([])])
    func `a node that does not name itself is refused`(nodes: RedisReply) {
        #expect(throws: RedisError.self) { try ClusterAnswer(slots: .array([]), nodes: nodes, asked: Self.asked) }
    }

    @Test(arguments: [
        ("ERR This instance has cluster support disabled", "it is no node of a cluster"),
        ("NOPERM this user has no permissions to run the 'cluster|slots' command", "may not run CLUSTER SLOTS"),
    ])
    func `says why a node cannot be asked`(text: String, words: String) {
        let error = #expect(throws: RedisError.self) {
            try ClusterAnswer(slots: .error(text), nodes: .error(text), asked: Self.asked)
        }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("MOVED 3999 127.0.0.1:6381", Redirect.moved(slot: 3999, .tcp(host: "127.0.0.1", port: 6381))),
        ("ASK 0 :6381", .ask(.tcp(host: "asked", port: 6381))), ("ASK 0 ?:6381", .ask(.tcp(host: "asked", port: 6381))),
        ("MOVED 16383 ::1:6381", .moved(slot: 16_383, .tcp(host: "::1", port: 6381))),
        ("TRYAGAIN Multiple keys request during rehashing of slot", .tryAgain),
        ("UNBLOCKED force unblock from blocking operation", .tryAgain),
        ("MOVED 16384 a:1", nil), ("MOVED x a:1", nil), ("MOVED 1 a", nil), ("MOVED 1 a:0", nil), ("MOVED 1", nil),
        ("MOVED -1 a:1", nil), ("MOVED 1 a b:1", nil), ("MOVED 1 a_@:1", nil), ("ERR no", nil), ("", nil),
    ])
    func `reads redirects`(text: String, redirect: Redirect?) {
        #expect(Redirect(RedisError(serverError: text, command: "GET"), from: Self.asked) == redirect)
    }
}
