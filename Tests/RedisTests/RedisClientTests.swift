import Foundation
import HTTPServer
import Logging
import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import Redis

@Suite struct RedisClientTests {
    @Test func `carries any bytes both ways`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) } + Array("\r\n$-1\r\n".utf8)
        _ = try await client.send(RedisCommand("SET", "key\r\n ", bytes))
        #expect(try await client.send(RedisCommand("GET", "key\r\n ")) == .bulk(bytes))
        #expect(try await client.send(RedisCommand("GET", "nothing")) == .null)
        #expect(try await client.send(RedisCommand("SET", "empty", "")) == .status("OK"))
        #expect(try await client.send(RedisCommand("GET", "empty")) == .bulk([]))
    }

    @Test func `hands every caller its own reply when many share the connection`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<2_000 {
                group.addTask {
                    let size = number % 50 == 0 ? 200_000 : number
                    let text = String(repeating: "x", count: size) + "\(number)"
                    let reply = try await client.send(RedisCommand("ECHO", text))
                    #expect(reply.text == text)
                }
            }
            try await group.waitForAll()
        }
        let clients = try await client.send(RedisCommand("CLIENT", "LIST")).text ?? ""
        #expect(clients.split(separator: "\n").count == 1)
    }

    @Test(.timeLimit(.minutes(5))) func `two commands together go out although nothing else is asked`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        for number in 1...3 {
            let replies = try await client.send(RedisCommand("INCR", "n"), then: RedisCommand("GET", "n"))
            #expect(replies.0 == .integer(Int64(number)))
            #expect(replies.1.text == "\(number)")
        }
    }

    /// They are sent in eights, while others wait for the end of the loop's turn.
    @Test func `hands every caller its own reply on the connection's loop too`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let redis = try await TestRedis()
        let client = RedisClient(
            redis.endpoint, group: group, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<100 {
                tasks.addTask(executorPreference: LoopExecutor(group.next())) {
                    for round in 0..<20 {
                        let text = "\(number) \(round)"
                        let reply = try await client.send(RedisCommand("ECHO", text))
                        #expect(reply.text == text)
                    }
                }
            }
            try await tasks.waitForAll()
        }
        client.close()
        try await group.shutdownGracefully()
    }

    @Test func `throws an error reply with the command's name and without its arguments`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        _ = try await client.send(RedisCommand("SET", "text", "a"))
        let wrongType = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("LPUSH", "text", "a"))
        }
        #expect(wrongType?.code == .server("WRONGTYPE"))
        #expect(wrongType?.command == "LPUSH")
        let unknown = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("AUTHH", "canary-1234"))
        }
        #expect(unknown.map { "\($0)".contains("canary") } == false)
        #expect(try await client.send(RedisCommand("PING")) == .status("PONG"))
    }

    @Test func `authenticates, selects the database and goes through a socket`() async throws {
        let redis = try await TestRedis()
        let first = redis.client()
        _ = try await first.send(RedisCommand("ACL", "SETUSER", "ann", "on", ">pa:ss", "~*", "+@all"))
        let url = "unix://ann:pa%3Ass@\(redis.folder)/redis.sock?db=3"
        let client = redis.client(try RedisEndpoint(parsing: url))
        _ = try await client.send(RedisCommand("SET", "here", "1"))
        #expect(try await first.send(RedisCommand("EXISTS", "here")) == .integer(0))
        #expect(try await client.send(RedisCommand("ACL", "WHOAMI")).text == "ann")
        let stranger = redis.client(try RedisEndpoint(parsing: "redis://ann:canary-1234@127.0.0.1:\(redis.port)"))
        let error = await #expect(throws: RedisError.self) { try await stranger.send(RedisCommand("PING")) }
        #expect(error?.code == .server("WRONGPASS"))
        #expect(error.map { "\($0)".contains("canary") } == false)
    }

    @Test func `fails by the deadline when Redis stalls, and works again when it wakes`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        _ = try await client.send(RedisCommand("PING"))
        redis.signal(SIGSTOP)
        let began = ContinuousClock.now
        let error = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("GET", "a"), timeout: .milliseconds(200))
        }
        #expect(error?.code == .timeout)
        #expect(ContinuousClock.now - began < .seconds(3))
        redis.signal(SIGCONT)
        try await eventually("the client has reconnected") {
            (try? await client.send(RedisCommand("PING"))) == .status("PONG")
        }
    }

    /// Whoever is told on the event loop may send there at once, of a reply as of its failing.
    @Test(arguments: [true, false]) func `every command that is sent out of a completion is completed`(
        isLost: Bool
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let redis = try await TestRedis()
        let client = RedisClient(
            redis.endpoint, group: group, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try await client.send(RedisCommand("PING"))
        let completed = Mutex<[Bool]>([])
        @Sendable func note(_ result: Result<RedisReply, RedisError>) {
            completed.withLock { $0.append((try? result.get()) == .status("PONG")) }
        }
        if isLost { redis.signal(SIGSTOP) }
        for _ in 0..<3 {
            client.send(RedisCommand("PING")) { result in
                note(result)
                for _ in 0..<20 { client.send(RedisCommand("PING"), note) }
            }
        }
        if isLost { try await redis.kill() }
        try await eventually("all are completed") { completed.withLock(\.count) == 63 }
        #expect(completed.withLock { $0 == Array(repeating: !isLost, count: 63) })
        client.close()
        try await group.shutdownGracefully()
    }

    @Test func `never takes a late reply for the next command's`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        _ = await #expect(throws: RedisError.self) {
            try await client.send(
                RedisCommand(
                    "EVAL", "local t = redis.call('TIME') while redis.call('TIME')[1] - t[1] < 2 do end return 'late'",
                    0), timeout: .milliseconds(100))
        }
        try await eventually("Redis answers again") {
            guard let reply = try? await client.send(RedisCommand("ECHO", "mine")) else { return false }
            #expect(reply.text == "mine")
            return true
        }
    }

    @Test func `says at once that Redis is away, and comes back with it`() async throws {
        let port = try FreePort.next()
        let client = try await TestRedis().client(RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port)))
        let error = await #expect(throws: RedisError.self) { try await client.send(RedisCommand("PING")) }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("Connection refused") == true)
        let back = try await TestRedis(port: port)
        try await eventually("the client has connected") {
            (try? await client.send(RedisCommand("PING"))) == .status("PONG")
        }
        _ = back
    }

    @Test func `ends a blocking read when the task is cancelled`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        let task = Task {
            try await client.sendBlocking(
                RedisCommand("XREAD", "BLOCK", 60_000, "STREAMS", "s", "$"), timeout: .seconds(62))
        }
        let other = redis.client()
        try await eventually("Redis is blocked for us") {
            (try await other.send(RedisCommand("INFO", "clients")).text ?? "").contains("blocked_clients:1")
        }
        task.cancel()
        let began = ContinuousClock.now
        _ = await task.result
        #expect(ContinuousClock.now - began < .seconds(5))
    }

    @Test func `sends a script in full only where Redis does not have it`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        let script = RedisScript(name: "sum", source: Array("return ARGV[1] + redis.call('INCR', KEYS[1])".utf8))
        #expect(try await client.evaluate(script, keys: ["n"], arguments: [1]) == .integer(2))
        #expect(try await client.evaluate(script, keys: ["n"], arguments: [1]) == .integer(3))
        _ = try await client.send(RedisCommand("SCRIPT", "FLUSH"))
        #expect(try await client.evaluate(script, keys: ["n"], arguments: [1]) == .integer(4))
        let stats = try await client.send(RedisCommand("INFO", "commandstats")).text ?? ""
        #expect(stats.contains("cmdstat_eval:calls=2"))
    }
}
