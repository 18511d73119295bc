import Basics
import Foundation
import Testing

@testable import Redis

@Suite struct RedisEndpointTests {
    @Test(arguments: [
        ("redis://localhost", RedisEndpoint(address: .tcp(host: "localhost", port: 6379))),
        ("redis://10.0.0.1:7000/3", RedisEndpoint(address: .tcp(host: "10.0.0.1", port: 7000), database: 3)),
        ("redis://[::1]:7000", RedisEndpoint(address: .tcp(host: "::1", port: 7000))),
        ("redis://:p%40ss@h/", RedisEndpoint(address: .tcp(host: "h", port: 6379), password: "p@ss")),
        ("redis://u:p@h:1/2", RedisEndpoint(address: .tcp(host: "h", port: 1), user: "u", password: "p", database: 2)),
        (
            "rediss://u:p@h",
            RedisEndpoint(address: .tcp(host: "h", port: 6379), user: "u", password: "p", tls: RedisTLS())
        ),
        ("valkey://h:1", RedisEndpoint(address: .tcp(host: "h", port: 1))),
        ("valkeys://h:1", RedisEndpoint(address: .tcp(host: "h", port: 1), tls: RedisTLS())),
        ("unix:///run/redis.sock", RedisEndpoint(address: .unix(path: "/run/redis.sock"))),
        (
            "unix://u:p@/run/r.sock?db=4",
            RedisEndpoint(address: .unix(path: "/run/r.sock"), user: "u", password: "p", database: 4)
        ),
        (
            "redis+sentinel://u:p@a,b:5,[::1]:6/main.one/2",
            RedisEndpoint(
                address: .sentinel(
                    primary: "main.one",
                    at: [("a", 26_379), ("b", 5), ("::1", 6)].map {
                        RedisEndpoint(address: .tcp(host: $0.0, port: $0.1))
                    }),
                user: "u", password: "p", database: 2)
        ),
        (
            "valkeys+sentinel://a/main",
            RedisEndpoint(
                address: .sentinel(
                    primary: "main", at: [RedisEndpoint(address: .tcp(host: "a", port: 26_379), tls: RedisTLS())]),
                tls: RedisTLS())
        ),
        (
            "redis+cluster://u:p@a,b:5,[::1]:6",
            RedisEndpoint(
                address: .cluster(
                    nodes: [("a", 6379), ("b", 5), ("::1", 6)].map { .tcp(host: $0.0, port: $0.1) }), user: "u",
                password: "p")
        ),
        (
            "rediss+cluster://a/0",
            RedisEndpoint(
                address: .cluster(nodes: [.tcp(host: "a", port: 6379)]),
                tls: RedisTLS())
        ),
    ])
    func `reads hosts, sockets, Sentinels, clusters, users and databases`(url: String, endpoint: RedisEndpoint) throws {
        #expect(try RedisEndpoint(parsing: url) == endpoint)
    }

    @Test(arguments: [
        "", "localhost:6379", "http://h", "rediss://", "redissss://h", "redis://", "redis://h:0", "redis://h:70000",
        "redis://h:x",
        "redis://h/x", "redis://h/-1", "unix://run/redis.sock", "unix:///s?database=1", "redis://secretuser@h",
        "redis://u:%zzsecret@h", "redis://127.0.0.1\n", " redis://h", "redis://h :1", "redis://h:1,h:2", "redis://h,i",
        "redis://::1", "redis://::1:6379", "redis://[::1", "redis://[h]", "redis://[::1]x", "redis://h:",
        "redis://h:+1",
        "redis://h/+1", "redis://h%0A", "redis://-h", "redis://a..b", "redis://300.1.1.1", "redis://u:secret%00@h",
        "redis://u%0A:secret@h", "unix:///run/a%00b", "unix:///run/a\u{200B}b", "redis://h\u{FEFF}",
        "redis+sentinel://a", "redis+sentinel://a/", "redis+sentinel:///main", "redis+sentinel://a,/main",
        "redis+sentinel://a,a/main", "redis+sentinel://a,A/main", "redis+sentinel://:secret@a,:secret@b/main",
        "redis+sentinel://a/main/x", "redis+sentinel://a/ma in",
        "redis+sentinel://a:0/main",
        "redis+sentinels://a/main", "unix+sentinel://a/main", "redis+://a", "redis+sentinel+x://a/main",
        "redis+cluster://", "redis+cluster:///0", "redis+cluster://a,", "redis+cluster://a,a", "redis+cluster://a/1",
        "redis+cluster://a/x", "redis+cluster://a/0/1", "redis+cluster://:secret@a,:secret@b", "unix+cluster:///a",
        "redis+clusters://a", "cluster://a", "sentinel://a/main",
        "unix:///\(String(repeating: "a", count: 120))",
    ])
    func `refuses what is not a Redis URL, without quoting it`(url: String) {
        let error = #expect(throws: InvalidText.self) { try RedisEndpoint(parsing: url) }
        #expect(error?.description.contains("secret") == false)
    }

    @Test func `Sentinels are named without user and password, and are the same in any order`() throws {
        let endpoint = try RedisEndpoint(parsing: "redis+sentinel://u:secret@a,b:5/main/2")
        #expect("\(endpoint)" == "main of a:26379,b:5" && endpoint.identity == "u@main of a:26379,b:5/2")
        let same = try RedisEndpoint(parsing: "redis+sentinel://b:5,c/main/2")
        #expect(endpoint.isSameDatabase(as: same) && same.isSameDatabase(as: endpoint))
        for other in [
            "redis+sentinel://a/other/2", "redis+sentinel://a/main/1", "redis+sentinel://c/main/2", "redis://a:26379/2",
        ] {
            #expect(!endpoint.isSameDatabase(as: try RedisEndpoint(parsing: other)), "\(other)")
        }
    }

    @Test func `a cluster is named without user and password, and one common node makes it the same`() throws {
        let endpoint = try RedisEndpoint(parsing: "redis+cluster://u:secret@a,b:5")
        #expect("\(endpoint)" == "cluster of a:6379,b:5" && endpoint.identity == "u@cluster of a:6379,b:5/0")
        #expect(endpoint.cli == "redis-cli -h a -p 6379 -c")
        #expect(try RedisEndpoint(parsing: "rediss+cluster://a").cli == "redis-cli -h a -p 6379 -c --tls")
        #expect(
            endpoint.cli(scanning: "worker:*")
                == "redis-cli --cluster call a:6379 SCAN 0 MATCH 'worker:*' COUNT 1000000")
        let same = try RedisEndpoint(parsing: "redis+cluster://b:5,c")
        #expect(endpoint.isSameDatabase(as: same) && same.isSameDatabase(as: endpoint))
        for other in ["redis+cluster://b,c", "redis://a", "redis+sentinel://a:6379/main"] {
            #expect(!endpoint.isSameDatabase(as: try RedisEndpoint(parsing: other)), "\(other)")
        }
    }

    @Test func `redis-cli is told how to reach it, without user or password`() throws {
        let address = RedisEndpoint.Address.tcp(host: "h", port: 1)
        let tls = RedisTLS(authorities: "/ca.pem", certificate: "/me.pem", key: "/me.key", serverName: "redis.example")
        #expect(
            RedisEndpoint(address: address, user: "u", password: "p", database: 2, tls: tls).cli
                == "redis-cli -h h -p 1 --tls --cacert /ca.pem --cert /me.pem --key /me.key --sni redis.example -n 2")
        let insecure = RedisEndpoint(address: .tcp(host: "localhost", port: 6379), tls: RedisTLS(verification: .none))
        #expect(insecure.cli == "redis-cli --tls --insecure")
        let folder = NSTemporaryDirectory() + "cointape it's"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let quoted = "'" + folder.replacingOccurrences(of: "'", with: #"'\''"#) + "'"
        let spaced = RedisEndpoint(address: .unix(path: "/a b"), tls: RedisTLS(authorities: folder))
        #expect(spaced.cli == "redis-cli -s '/a b' --tls --cacertdir \(quoted)")
    }

    @Test func `is described without user or password`() throws {
        #expect("\(try RedisEndpoint(parsing: "redis://user:password@h:7/1"))" == "h:7")
    }
}
