import Redis
import TestSupport
import Testing

@testable import Tape

@Suite struct ServerFitnessTests {
    private static let good = "redis_version:7.0.15\r\nrole:master\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\n"

    private static func words(_ changes: (String, String)..., offset: Duration = .zero) -> [String] {
        let info = changes.reduce(good) { $0.replacing($1.0, with: $1.1) }
        return ServerFitness(info: RedisInfo(info), offset: offset).shortcomings.map(\.description)
    }

    @Test func `a durable master of a known version with the same clock is fit`() {
        #expect(Self.words() == [])
        #expect(Self.words(offset: .seconds(1)) == [] && Self.words(offset: .seconds(-2)) == [])
        // What a server does not tell is not held against it.
        #expect(ServerFitness(info: RedisInfo(""), offset: .zero).shortcomings == [])
    }

    @Test func `what is not fit is told with what mends it`() throws {
        #expect(Self.words(("7.0.15", "6.0.16")) == ["Redis 6.2 or later is needed, and this is 6.0.16"])
        #expect(
            Self.words(("role:master", "role:slave\r\nmaster_host:a\r\nmaster_port:1")).first?.hasSuffix("primary, a:1")
                == true)
        #expect(Self.words(("maxmemory_policy:noeviction", "maxmemory_policy:allkeys-lru")) == [])
        let info = Self.good.replacing("maxmemory:0", with: "maxmemory:1000000")
        for policy in ["allkeys-lru", "volatile-ttl"] {
            let fitness = ServerFitness(info: RedisInfo(info.replacing("noeviction", with: policy)), offset: .zero)
            #expect(fitness.shortcomings.first?.description.contains(policy) == true)
            #expect(fitness.shortcomings.first?.remedy == "CONFIG SET maxmemory-policy noeviction")
        }
        #expect(Self.words(offset: .seconds(3600)).first?.hasPrefix("this machine's clock is 3600 s behind") == true)
        #expect(Self.words(offset: .seconds(-5)).first?.hasPrefix("this machine's clock is 5 s ahead of") == true)
    }

    @Test func `asks a server, and one that tells little too`() async throws {
        let redis = try await TestRedis(["--maxmemory", "500mb", "--maxmemory-policy", "allkeys-lru"])
        let client = redis.client()
        #expect(
            try await ServerFitness.probe(client).shortcomings.map(\.remedy) == [
                "CONFIG SET maxmemory-policy noeviction"
            ])
        _ = try await client.send(RedisCommand("ACL", "SETUSER", "shy", "on", ">shy-secret", "~*", "+time", "+ping"))
        let shy = RedisEndpoint(address: redis.endpoint.address, user: "shy", password: "shy-secret")
        #expect(try await ServerFitness.probe(redis.client(shy)).shortcomings == [])
    }
}
