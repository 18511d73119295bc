import Foundation
import Logging
import NIOPosix
import TestSupport
import Testing

@testable import Redis

/// A client of a primary that real Sentinels name.
@Suite(.tags(.clock)) struct SentinelTests {
    private static func client(_ endpoint: RedisEndpoint, _ said: Said = Said(), timeout: Duration = .seconds(5))
        -> RedisClient
    {
        RedisClient(
            endpoint, name: "test", timeout: timeout, group: MultiThreadedEventLoopGroup.singleton, logger: said.logger)
    }

    private static func message(_ client: RedisClient) async -> String {
        do throws(RedisError) {
            return try await client.send(RedisCommand("PING")).text ?? ""
        } catch {
            return error.message
        }
    }

    @Test func `commands, and those that block, go on at the new primary after a failover`() async throws {
        let servers = try await TestSentinels(count: 3)
        let said = Said()
        let client = Self.client(try servers.endpoint, said)
        _ = try await client.send(RedisCommand("SET", "key", "before"))
        #expect(client.server.address == servers.primary.endpoint.address)
        #expect(client.server.cli == "redis-cli -p \(servers.primary.port)")
        try await servers.untilReady()
        #expect(client.knownReplicas == 1)
        let blocking = client.separate()
        let waiting = Task { try await blocking.sendBlocking(RedisCommand("BLPOP", "list", 30), timeout: .seconds(40)) }
        try await eventually("a client waits") { try await servers.primary.blockedClients() == 1 }
        try await servers.failover()
        try await eventually("the client has followed") { client.server.address == servers.replica.endpoint.address }
        // The old primary ends the wait with an error, or the client does: it never lasts until its deadline.
        await #expect(throws: RedisError.self) { try await waiting.value }
        try await eventually(within: .seconds(2), "the new primary takes writes") {
            (try? await client.send(RedisCommand("SET", "key", "after"))) != nil
        }
        #expect(try await servers.replica.client().send(RedisCommand("GET", "key")).text == "after")
        _ = try await servers.replica.client().send(RedisCommand("RPUSH", "list", "x"))
        #expect(
            try await blocking.sendBlocking(RedisCommand("BLPOP", "list", 30), timeout: .seconds(40)).array?.count == 2)
        let moves = said.all.filter { $0.event == "redis.moved" }
        #expect(moves.count == 1 && moves[0].level == .notice)
        #expect(moves[0].metadata["redis"] == "127.0.0.1:\(servers.replica.port)")
        #expect("\(moves[0].metadata["detail"] ?? "")".contains("127.0.0.1:\(servers.primary.port)"))
    }

    @Test func `a command that a dead primary owes fails as soon as there is another one`() async throws {
        let servers = try await TestSentinels()
        let client = Self.client(try servers.endpoint, timeout: .seconds(60))
        _ = try await client.send(RedisCommand("PING"))
        try await servers.untilReady()
        servers.primary.signal(SIGSTOP)
        // It would wait for a minute.
        let error = await #expect(throws: RedisError.self) {
            try await client.send(RedisCommand("SET", "key", "value"))
        }
        #expect(error?.code == .connectionLost)
        #expect(error?.message.contains("the server is the primary no more") == true, "\(error?.message ?? "")")
        #expect(client.server.address == servers.replica.endpoint.address)
        #expect(try await client.send(RedisCommand("SET", "key", "value")) == .status("OK"))
    }

    @Test func `one Sentinel is enough, and one that is away is told once`() async throws {
        let servers = try await TestSentinels()
        let away = try FreePort.next()
        let url = "redis+sentinel://127.0.0.1:\(away),127.0.0.1:\(servers.sentinels[0].port)/tape/3"
        let said = Said()
        let client = Self.client(try RedisEndpoint(parsing: url), said)
        _ = try await client.send(RedisCommand("SET", "key", "value"))
        let third = servers.primary.client(
            RedisEndpoint(address: .tcp(host: "127.0.0.1", port: servers.primary.port), database: 3))
        #expect(try await third.send(RedisCommand("GET", "key")).text == "value")
        let sentinel = try await TestRedis(
            ["--sentinel"], file: "sentinel monitor tape 127.0.0.1 \(servers.primary.port) 1\n", port: away)
        try await eventually("it is back") { said.told.contains("sentinel.back") }
        #expect(said.told == ["sentinel.lost", "sentinel.back"])
        #expect(said.all.first?.metadata["sentinel"] == "127.0.0.1:\(away)")
        withExtendedLifetime(sentinel) {}
    }

    @Test func `a Sentinel that hears nothing does not hold up the start`() async throws {
        let servers = try await TestSentinels(count: 2)
        servers.sentinels[0].signal(SIGSTOP)
        let client = Self.client(try servers.endpoint)
        let begun = ContinuousClock.now
        #expect(await Self.message(client) == "PONG")
        #expect(ContinuousClock.now - begun < .seconds(5))
    }

    @Test func `says what a Sentinel lacks`() async throws {
        let servers = try await TestSentinels()
        let (sentinel, redis) = ("127.0.0.1:\(servers.sentinels[0].port)", "127.0.0.1:\(servers.primary.port)")
        let nobody = try FreePort.next()
        for (url, words) in [
            ("redis+sentinel://\(sentinel)/tap", "knows no primary tap"),
            ("redis+sentinel://\(redis)/tape", "it is no Sentinel, but a Redis"),
            ("redis+sentinel://127.0.0.1:\(nobody)/tape", "Connection refused"),
        ] {
            let message = await Self.message(Self.client(try RedisEndpoint(parsing: url)))
            #expect(message.contains(words), "\(message)")
        }
    }

    @Test func `a server that is a replica is not taken for the primary`() async throws {
        let servers = try await TestSentinels()
        // This Sentinel is wrong, and has nobody who could tell it.
        let wrong = try await TestRedis(
            ["--sentinel"], file: "sentinel monitor other 127.0.0.1 \(servers.replica.port) 1\n")
        let client = Self.client(try RedisEndpoint(parsing: "redis+sentinel://127.0.0.1:\(wrong.port)/other"))
        try await eventually("a Sentinel that has seen it corrects itself, or the client refuses") {
            let message = await Self.message(client)
            #expect(message == "PONG" || message.contains("is a slave, although"), "\(message)")
            return message != "PONG" || client.server.address == servers.primary.endpoint.address
        }
    }

    @Test func `with TLS both the Sentinels and the primary are verified`() async throws {
        let authority = try TestAuthority()
        let ports = (try FreePort.next(), try FreePort.next())
        let primary = try await TestRedis(try authority.server(port: ports.0))
        let sentinel = try await TestRedis(
            ["--sentinel"] + authority.server(port: ports.1) + ["--tls-replication", "yes"],
            file: "sentinel monitor tape 127.0.0.1 \(ports.0) 1\n")
        func client(_ tls: RedisTLS, _ tlsOfSentinel: RedisTLS) -> RedisClient {
            let sentinel = RedisEndpoint(address: .tcp(host: "127.0.0.1", port: ports.1), tls: tlsOfSentinel)
            return Self.client(RedisEndpoint(address: .sentinel(primary: "tape", at: [sentinel]), tls: tls))
        }
        let (good, bad) = (RedisTLS(authorities: authority.certificate), RedisTLS())
        #expect(await Self.message(client(good, good)) == "PONG")
        for (tls, tlsOfSentinel) in [(good, bad), (bad, good)] {
            let message = await Self.message(client(tls, tlsOfSentinel))
            #expect(message.contains("redis.tls.ca"), "\(message)")
        }
        withExtendedLifetime((primary, sentinel)) {}
    }

    @Test func `the primary and the Sentinels each get their own password`() async throws {
        let servers = try await TestSentinels(
            arguments: ["--requirepass", "data", "--masterauth", "data"],
            lines: ["requirepass \"sentinel\"", "sentinel auth-pass tape data"])
        let place = "127.0.0.1:\(servers.sentinels[0].port)"
        let endpoint = try RedisEndpoint(parsing: "redis+sentinel://:data@\(place)/tape")
        let message = await Self.message(Self.client(endpoint))
        #expect(message.contains("NOAUTH"), "\(message)")
        let sentinel = RedisEndpoint(
            address: .tcp(host: "127.0.0.1", port: servers.sentinels[0].port), password: "sentinel")
        #expect(await Self.message(Self.client(endpoint.at(.sentinel(primary: "tape", at: [sentinel])))) == "PONG")
    }
}
