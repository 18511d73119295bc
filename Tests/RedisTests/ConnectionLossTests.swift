import Foundation
import Logging
import NIOPosix
import TestSupport
import Testing

@testable import Redis

/// Connections that Redis refuses, closes, or turns against writes: what callers are told, and what is tried.
@Suite(.tags(.clock)) struct ConnectionLossTests {
    private static func client(_ redis: TestRedis, _ said: Said, port: Int? = nil) -> RedisClient {
        RedisClient(
            RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port ?? redis.port)),
            group: MultiThreadedEventLoopGroup.singleton, logger: said.logger)
    }

    @Test func `a Redis that has too many clients says so itself`() async throws {
        let redis = try await TestRedis(["--maxclients", "1"])
        let said = Said()
        let first = Self.client(redis, said)
        try await eventually("the only client is ours") {
            (try? await first.send(RedisCommand("PING"))) == .status("PONG")
        }
        for _ in 0..<20 {
            let second = Self.client(redis, Said())
            let error = await #expect(throws: RedisError.self) { try await second.send(RedisCommand("PING")) }
            #expect(error?.message.contains("max number of clients reached") == true, "\(String(describing: error))")
        }
    }

    @Test func `a Redis that may not write to its disk can still be read from`() async throws {
        let redis = try await TestRedis(["--save", "3600 1000", "--rdbcompression", "no"])
        let writer = redis.client()
        _ = try await writer.send(RedisCommand("SET", "here", "1"))
        // A folder in the file's place: the save fails.
        try FileManager.default.createDirectory(atPath: "\(redis.folder)/dump.rdb", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: "\(redis.folder)/dump.rdb/x"))
        _ = try? await writer.send(RedisCommand("SAVE"))
        _ = try await writer.send(RedisCommand("BGSAVE"))
        try await eventually("Redis refuses writes") {
            do throws(RedisError) {
                _ = try await writer.send(RedisCommand("PING"))
                return false
            } catch {
                return error.code == .server("MISCONF")
            }
        }
        let fresh = redis.client()
        #expect(try await fresh.send(RedisCommand("GET", "here")).text == "1")
        await #expect(throws: RedisError.self) { try await fresh.send(RedisCommand("SET", "here", "2")) }
    }

    @Test func `a user without the right to PING can read what he may`() async throws {
        let redis = try await TestRedis()
        let admin = redis.client()
        _ = try await admin.send(RedisCommand("ACL", "SETUSER", "ann", "on", ">pass", "~*", "+get"))
        let client = redis.client(RedisEndpoint(address: redis.endpoint.address, user: "ann", password: "pass"))
        #expect(try await client.send(RedisCommand("GET", "nothing")) == .null)
    }

    @Test func `a connection that is cut for one command is told with the command and its size, and only once`()
        async throws
    {
        let redis = try await TestRedis()
        let said = Said()
        let client = Self.client(redis, said)
        _ = try await client.send(RedisCommand("CONFIG", "SET", "client-query-buffer-limit", 1_048_576))
        let large = [UInt8](repeating: UInt8(ascii: "x"), count: 3_000_000)
        for _ in 0..<5 {
            let error = await #expect(throws: RedisError.self) {
                try await client.send(RedisCommand("SET", "k", large))
            }
            #expect(error?.code == .connectionLost)
            #expect(error?.message.contains("SET of 30000") == true, "\(String(describing: error))")
            #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
        }
        #expect(said.told == ["redis.cut"])
        #expect(said.all.first?.metadata["error"].map { "\($0)" }?.contains("SET of 30000") == true)
    }

    @Test func `a reply that is too large for its buffer is told likewise`() async throws {
        let redis = try await TestRedis()
        let said = Said()
        let client = Self.client(redis, said)
        _ = try await client.send(RedisCommand("SET", "k", [UInt8](repeating: 1, count: 3_000_000)))
        _ = try await client.send(RedisCommand("CONFIG", "SET", "client-output-buffer-limit", "normal 200kb 0 0"))
        await #expect(throws: RedisError.self) { try await client.send(RedisCommand("GET", "k")) }
        #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
        #expect(said.told == ["redis.cut"])
    }

    @Test func `a Redis that is killed and away is no connection that was cut`() async throws {
        let redis = try await TestRedis()
        let said = Said()
        let client = Self.client(redis, said)
        _ = try await client.send(RedisCommand("PING"))
        redis.signal(SIGSTOP)
        async let lost = client.send(RedisCommand("PING"))
        try await redis.kill()
        _ = try? await lost
        try await eventually("the loss is told") {
            _ = try? await client.send(RedisCommand("PING"))
            return said.told == ["redis.lost"]
        }
        try await redis.restart()
        try await eventually("that it is back is told") { said.told == ["redis.lost", "redis.back"] }
    }

    @Test func `a client that nobody asks while Redis is away tells of no cut once it is back`() async throws {
        let redis = try await TestRedis()
        let said = Said()
        let waiting = Self.client(redis, said)
        let other = waiting.separate()
        _ = try await other.send(RedisCommand("PING"))
        let entry = Task {
            try await waiting.sendBlocking(
                RedisCommand("XREAD", "BLOCK", 0, "STREAMS", "stream", "$"), timeout: .seconds(60))
        }
        try await eventually("it waits") { try await redis.blockedClients() == 1 }
        try await redis.kill()
        await #expect(throws: RedisError.self) { try await entry.value }
        try await eventually("the loss is told") {
            _ = try? await other.send(RedisCommand("PING"))
            return said.told == ["redis.lost"]
        }
        try await redis.restart()
        try await eventually("that it is back is told") { said.told == ["redis.lost", "redis.back"] }
        _ = try await waiting.send(RedisCommand("PING"))
        #expect(said.told == ["redis.lost", "redis.back"])
    }

    @Test func `a client that was asked again and again while Redis was away connects when nobody asks any more`()
        async throws
    {
        let redis = try await TestRedis()
        for _ in 0..<20 {
            let said = Said()
            let client = Self.client(redis, said)
            _ = try await client.send(RedisCommand("PING"))
            try await redis.kill()
            // Each of them may come right before the client tries by itself.
            let end = ContinuousClock.now + .milliseconds(30)
            while .now < end || said.told.isEmpty {
                _ = try? await client.send(RedisCommand("PING"))
                await Task.yield()
            }
            try await redis.restart()
            try await eventually(within: .seconds(15), "that it is back is told") {
                said.told == ["redis.lost", "redis.back"]
            }
        }
    }

    @Test func `after READONLY the name is resolved anew, and the new primary is found`() async throws {
        let (old, new) = (try await TestRedis(), try await TestRedis())
        let relay = try await Relay(to: old.port)
        let client = Self.client(old, Said(), port: relay.port)
        #expect(try await client.send(RedisCommand("SET", "k", "1")).text == "OK")
        _ = try await old.client().send(RedisCommand("REPLICAOF", "127.0.0.1", new.port))
        relay.lead(to: new.port)
        try await eventually("writes go to the new primary") {
            (try? await client.send(RedisCommand("SET", "k", "2"))) != nil
        }
        #expect(try await new.client().send(RedisCommand("GET", "k")).text == "2")
    }

    @Test(.timeLimit(.minutes(5))) func `a replica is not connected to anew for each write that it refuses`()
        async throws
    {
        let redis = try await TestRedis(["--replicaof", "127.0.0.1", "1"])
        let relay = try await Relay(to: redis.port)
        let client = Self.client(redis, Said(), port: relay.port)
        let began = ContinuousClock.now
        var refused = 0
        while refused < 20 || ContinuousClock.now < began + .milliseconds(2500) {
            let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("SET", "k", "1")) }
            #expect(error?.code == .server("READONLY"))
            refused += 1
        }
        let seconds = (ContinuousClock.now - began).components.seconds
        #expect(relay.connections <= seconds + 3, "\(refused) refusals, \(relay.connections) connections")
    }

    @Test(arguments: RedisKind.all) func `an error inside a script has its own kind, on every server`(
        kind: RedisKind
    ) async throws {
        let redis = try await TestRedis(kind: kind)
        let client = redis.client()
        let script = RedisScript(name: "write", source: Array("return redis.call('SET', KEYS[1], 'x')".utf8))
        _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
        let full = await #expect(throws: RedisError.self) {
            try await client.evaluate(script, keys: ["k"], arguments: [])
        }
        #expect(full?.code == .server("OOM"), "\(String(describing: full))")
        _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
        _ = try await client.send(RedisCommand("RPUSH", "list", "x"))
        let read = RedisScript(name: "read", source: Array("\nreturn redis.call('GET', KEYS[1])".utf8))
        let type = await #expect(throws: RedisError.self) {
            try await client.evaluate(read, keys: ["list"], arguments: [])
        }
        #expect(type?.code == .server("WRONGTYPE"), "\(String(describing: type))")
        let broken = RedisScript(name: "broken", source: Array("return nothing.at_all".utf8))
        let lua = await #expect(throws: RedisError.self) {
            try await client.evaluate(broken, keys: [], arguments: [])
        }
        #expect(lua?.code == .server("ERR"), "\(String(describing: lua))")
        _ = try await client.send(RedisCommand("ACL", "SETUSER", "ann", "on", ">pass", "~*", "+@all", "-get"))
        let ann = redis.client(RedisEndpoint(address: redis.endpoint.address, user: "ann", password: "pass"))
        let denied = await #expect(throws: RedisError.self) {
            try await ann.evaluate(read, keys: ["k"], arguments: [])
        }
        #expect(denied?.message == "NOPERM this user may not run GET in read.lua", "\(String(describing: denied))")
        let plain = await #expect(throws: RedisError.self) { try await ann.send(RedisCommand("GET", "k")) }
        #expect(plain?.message == "NOPERM this user may not run GET", "\(String(describing: plain))")
        _ = try await client.send(RedisCommand("REPLICAOF", "127.0.0.1", "1"))
        let replica = await #expect(throws: RedisError.self) {
            try await client.evaluate(script, keys: ["k"], arguments: [])
        }
        #expect(replica?.code == .server("READONLY"), "\(String(describing: replica))")
    }
}
