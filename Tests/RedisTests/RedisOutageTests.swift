import Foundation
import Logging
import NIOPosix
import TestSupport
import Testing

@testable import Redis

/// What a worker says while Redis comes and goes.
@Suite(.tags(.clock)) struct RedisOutageTests {
    /// Long enough for a Redis that is there, however busy the machine is.
    private static let timeout = Duration.seconds(1)

    @Test func `a connection that ends wakes who watches, and only the end of an outage who backs off`() async throws {
        let outage = RedisOutage(logger: Said().logger)
        let woken = Said()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await outage.sleep(for: .seconds(600), watches: true)
                woken.logger.info("watches")
            }
            tasks.addTask {
                try await outage.sleep(for: .seconds(600), watches: false)
                woken.logger.info("backs off")
            }
            try await eventually("who watches wakes") {
                outage.serverMayHaveChanged()
                return woken.told.contains("watches")
            }
            #expect(woken.told == ["watches"])
            let endpoint = RedisEndpoint(address: .tcp(host: "127.0.0.1", port: 1))
            try await eventually("who backs off wakes") {
                outage.begins(endpoint, RedisError(.unavailable, command: "connect", message: "away"))
                outage.ends(endpoint)
                return woken.told.contains("backs off")
            }
            try await tasks.waitForAll()
        }
    }

    @Test func `several clients of a worker tell once that Redis is away, and once that it is back`() async throws {
        let port = try FreePort.next()
        let said = Said()
        let first = RedisClient(
            RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port)), group: MultiThreadedEventLoopGroup.singleton,
            logger: said.logger)
        let clients = [first, first.separate(), first.separate()]
        func works(_ client: RedisClient) async -> Bool {
            (try? await client.send(RedisCommand("PING"))) != nil
        }
        for round in 1...2 {
            try await eventually("the outage is told") {
                _ = await works(first)
                return said.all.last?.event == "redis.lost"
            }
            let told = ContinuousClock.now
            // Many more calls than attempts, and several attempts.
            while ContinuousClock.now < told + .milliseconds(400) {
                for client in clients { #expect(await works(client) == false) }
            }
            #expect(said.all.count == round * 2 - 1)
            #expect(said.all.last?.level == .warning && said.all.last?.event == "redis.lost")
            let redis = try await TestRedis(port: port)
            for client in clients {
                try await eventually("the client has connected") { await works(client) }
            }
            #expect(said.all.count == round * 2)
            #expect(said.all.last?.level == .notice && said.all.last?.event == "redis.back")
            let duration = try #require(said.all.last?.metadata["duration_ms"])
            #expect(Int("\(duration)").map { $0 >= 400 } == true)
            redis.signal(9)
            try await eventually("the connections are lost") { await !works(first) }
            for client in clients { _ = await works(client) }
        }
    }

    @Test func `a Redis that stands still is away until it answers again, and that is told once`() async throws {
        let redis = try await TestRedis()
        let said = Said()
        let first = RedisClient(
            redis.endpoint, timeout: Self.timeout, group: MultiThreadedEventLoopGroup.singleton,
            logger: said.logger)
        let clients = [first, first.separate(), first.separate()]
        for client in clients { _ = try await client.send(RedisCommand("PING")) }
        redis.signal(SIGSTOP)
        let end = ContinuousClock.now + Self.timeout * 3
        while ContinuousClock.now < end {
            for client in clients { _ = try? await client.send(RedisCommand("PING")) }
        }
        #expect(said.all.map(\.event) == ["redis.lost"])
        redis.signal(SIGCONT)
        for client in clients {
            try await eventually("the client has connected") {
                (try? await client.send(RedisCommand("PING"))) != nil
            }
        }
        #expect(said.all.map(\.event) == ["redis.lost", "redis.back"])
    }

    @Test func `connections from before a silence are neither used nor told of when it is over`() async throws {
        let redis = try await TestRedis()
        let relay = try await Relay(to: redis.port)
        let said = Said()
        let first = RedisClient(
            RedisEndpoint(address: .tcp(host: "127.0.0.1", port: relay.port)), timeout: Self.timeout,
            group: MultiThreadedEventLoopGroup.singleton, logger: said.logger)
        let (asking, idle) = (first.separate(), first.separate())
        for client in [first, asking, idle] { _ = try await client.send(RedisCommand("PING")) }
        relay.fallSilent()
        let late = Task { () -> RedisError.Code? in
            do throws(RedisError) {
                _ = try await asking.send(RedisCommand("PING"), timeout: Self.timeout * 5)
                return nil
            } catch { return error.code }
        }
        try await eventually("it is on its way") { relay.swallowed == 1 }
        _ = try? await first.send(RedisCommand("PING"))
        #expect(said.all.map(\.event) == ["redis.lost"])
        relay.speak()
        try await eventually("the first is back") { (try? await first.send(RedisCommand("PING"))) != nil }
        #expect(said.all.map(\.event) == ["redis.lost", "redis.back"])

        #expect(await late.value == .timeout)
        // At the first try, for both.
        for client in [idle, asking] { #expect(try await client.send(RedisCommand("PING")) == .status("PONG")) }
        #expect(said.all.map(\.event) == ["redis.lost", "redis.back"])
        // Those that were opened afterwards stay.
        let connections = relay.connections
        for client in [first, idle, asking] { _ = try await client.send(RedisCommand("PING")) }
        #expect(relay.connections == connections)
    }

    #if os(Linux)
        // Where nobody takes connections in, the system answers no more wishes to connect than its queue is long.
        @Test func `a wish to connect that is not answered is a silence too`() async throws {
            let redis = try await TestRedis(["--tcp-backlog", "1"])
            let relay = try await Relay(to: redis.port)
            let said = Said()
            let outage = RedisOutage(logger: said.logger)
            func client(_ port: Int) -> RedisClient {
                RedisClient(
                    RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port)), timeout: Self.timeout,
                    group: MultiThreadedEventLoopGroup.singleton, outage: outage, topology: nil)
            }
            let (late, idle) = (client(redis.port), client(relay.port))
            _ = try await idle.send(RedisCommand("PING"))
            redis.signal(SIGSTOP)
            relay.fallSilent()
            var waiting: [RawConnection] = []
            while let connection = try? await RawConnection(port: redis.port, timeout: .milliseconds(300)) {
                waiting.append(connection)
                try #require(waiting.count < 10)
            }
            _ = try? await late.send(RedisCommand("PING"))
            #expect(said.all.map(\.event) == ["redis.lost"])
            #expect(said.all.first?.metadata["error"] == "127.0.0.1:\(redis.port): no connection within 1s")
            redis.signal(SIGCONT)
            relay.speak()
            try await eventually("the late one is back") { (try? await late.send(RedisCommand("PING"))) != nil }
            #expect(try await idle.send(RedisCommand("PING")) == .status("PONG"))
            #expect(said.all.map(\.event) == ["redis.lost", "redis.back"])
        }
    #endif

    @Test func `a connection from before a silence is kept until it has said what it owes`() async throws {
        let redis = try await TestRedis()
        let said = Said()
        let first = RedisClient(
            redis.endpoint, name: "outage", timeout: Self.timeout, group: MultiThreadedEventLoopGroup.singleton,
            logger: said.logger)
        let waiting = first.separate()
        for client in [first, waiting] { _ = try await client.send(RedisCommand("PING")) }
        func connections() async throws -> Int {
            let list = try await first.send(RedisCommand("CLIENT", "LIST")).text ?? ""
            return list.split(whereSeparator: \.isNewline).filter { $0.contains(" name=outage ") }.count
        }
        async let entry = waiting.send(
            RedisCommand("XREAD", "BLOCK", 0, "STREAMS", "later", "$"), timeout: .seconds(40))
        try await eventually("it waits") { try await redis.blockedClients() == 1 }
        redis.signal(SIGSTOP)
        _ = try? await first.send(RedisCommand("PING"))
        #expect(said.all.map(\.event) == ["redis.lost"])
        redis.signal(SIGCONT)
        try await eventually("the first is back") { (try? await first.send(RedisCommand("PING"))) != nil }
        // On a connection of its own: the old one is still blocked.
        #expect(try await waiting.send(RedisCommand("PING")) == .status("PONG"))
        #expect(try await redis.blockedClients() == 1)
        try await eventually("three connections are open") { try await connections() == 3 }
        _ = try await first.send(RedisCommand("XADD", "later", "1-1", "a", "b"))
        #expect(try await entry != .null)
        try await eventually("the old connection is closed") { try await connections() == 2 }
    }

    @Test func `a client that goes without having connected leaves the others' outage as it is`() async throws {
        let redis = try await TestRedis()
        let said = Said()
        let outage = RedisOutage(logger: said.logger)
        func client(_ port: Int) -> RedisClient {
            RedisClient(
                RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port)),
                group: MultiThreadedEventLoopGroup.singleton, outage: outage, topology: nil)
        }
        do {
            let lost = client(try FreePort.next())
            _ = try? await lost.send(RedisCommand("PING"))
        }
        #expect(try await client(redis.port).send(RedisCommand("PING")) == .status("PONG"))
        #expect(said.all.map(\.event) == ["redis.lost"])
        _ = try? await client(try FreePort.next()).send(RedisCommand("PING"))
        #expect(said.all.map(\.event) == ["redis.lost", "redis.lost"])
    }
}
