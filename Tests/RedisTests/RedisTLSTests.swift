import Basics
import Foundation
import NIOPosix
import TestSupport
import Testing

@testable import Redis

/// Connections with TLS to a real server, and what is said where one does not come about.
@Suite struct RedisTLSTests {
    private let authority: TestAuthority

    init() throws { authority = try TestAuthority() }

    private func server(
        names: [String] = ["DNS:localhost", "IP:127.0.0.1"], wantsClients: Bool = false
    ) async throws -> (redis: TestRedis, port: Int) {
        let port = try FreePort.next()
        let arguments = try authority.server(port: port, names: names, wantsClients: wantsClients)
        return (try await TestRedis(arguments), port)
    }

    private func endpoint(_ port: Int, host: String = "127.0.0.1", _ tls: RedisTLS?) -> RedisEndpoint {
        RedisEndpoint(address: .tcp(host: host, port: port), tls: tls)
    }

    private func message(_ client: RedisClient) async -> String {
        do throws(RedisError) {
            _ = try await client.send(RedisCommand("PING"))
            return "PONG"
        } catch {
            return error.message
        }
    }

    private func expect(_ client: RedisClient, toSay part: String, _ place: SourceLocation = #_sourceLocation) async {
        let message = await message(client)
        #expect(message.contains(part), "\(message)", sourceLocation: place)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a server of a private authority is reached by address and by name`(
        host: String
    ) async throws {
        let (redis, port) = try await server()
        let client = redis.client(endpoint(port, host: host, RedisTLS(authorities: authority.certificate)))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for number in 0..<32 {
                tasks.addTask {
                    for round in 0..<10 {
                        let text = String(repeating: "\(number) \(round) ", count: number * 200)
                        let reply = try await client.send(RedisCommand("ECHO", text))
                        #expect(reply.text == text)
                    }
                }
            }
            try await tasks.waitForAll()
        }
        #expect(client.connections == 1)
    }

    @Test func `a server that wants a client's certificate says so, and takes one of its authority`() async throws {
        let (redis, port) = try await server(wantsClients: true)
        let without = redis.client(endpoint(port, RedisTLS(authorities: authority.certificate)))
        await expect(without, toSay: "redis.tls.certificate")
        let own = try authority.sign("client")
        let tls = RedisTLS(authorities: authority.certificate, certificate: own.certificate, key: own.key)
        #expect(await message(redis.client(endpoint(port, tls))) == "PONG")
        let foreign = try TestAuthority()
        let stranger = try foreign.sign("stranger")
        let other = RedisTLS(
            authorities: authority.certificate, certificate: stranger.certificate, key: stranger.key)
        await expect(redis.client(endpoint(port, other)), toSay: "does not accept our certificate")
    }

    @Test func `an authority that is not trusted is told, and nothing is sent`() async throws {
        let (redis, port) = try await server()
        let client = redis.client(
            RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port), password: "canary-tls", tls: RedisTLS()))
        await expect(client, toSay: "no trusted authority has signed")
        #expect(try await redis.calls(of: "auth") == 0)
        #expect(await message(redis.client(endpoint(port, RedisTLS(verification: .none)))) == "PONG")
    }

    @Test func `a certificate for another name is told, and taken where the name is expected or not checked`()
        async throws
    {
        let (redis, port) = try await server(names: ["DNS:redis.example"])
        let authorities = authority.certificate
        await expect(
            redis.client(endpoint(port, RedisTLS(authorities: authorities))), toSay: "redis.tls.server_name")
        for tls in [
            RedisTLS(authorities: authorities, serverName: "redis.example"),
            RedisTLS(authorities: authorities, verification: .ca),
        ] {
            #expect(await message(redis.client(endpoint(port, tls))) == "PONG")
        }
    }

    @Test func `a certificate for the server's address is none for the name that leads there`() async throws {
        let (redis, port) = try await server(names: ["IP:127.0.0.1", "IP:0:0:0:0:0:0:0:1", "DNS:other.example"])
        let authorities = authority.certificate
        let own = RedisEndpoint(
            address: .tcp(host: "localhost", port: port), password: "canary-tls",
            tls: RedisTLS(authorities: authorities))
        await expect(redis.client(own), toSay: "redis.tls.server_name")
        let named = RedisTLS(authorities: authorities, serverName: "redis.example")
        await expect(redis.client(endpoint(port, named)), toSay: "redis.tls.server_name")
        #expect(try await redis.calls(of: "auth") == 0)
        #expect(await message(redis.client(endpoint(port, RedisTLS(authorities: authorities)))) == "PONG")
    }

    @Test(arguments: [
        ("redis.example", "redis.example", true), ("Redis.Example.", "redis.exAMPLE", true),
        ("a.redis.example", "*.redis.example", true), ("b.a.redis.example", "*.redis.example", false),
        ("redis.example", "*.example", true), ("redis.example", "*.redis.example", false),
        (".redis.example", "*.redis.example", false), ("example", "*", false), ("redis.example", "*.*", false),
        ("redis.example", "r*.example", false), ("localhost", "localhost", true), ("localhost", "", false),
        ("", "", true), ("example", "*.example", false),
    ])
    func `a name is compared with those of a certificate label by label`(
        name: String, pattern: String, isMatch: Bool
    ) {
        #expect(RedisTLS.matches(name, pattern: pattern) == isMatch)
    }

    @Test func `plain text on a TLS port, and TLS on a plain one, are told in words`() async throws {
        let (redis, port) = try await server()
        await expect(redis.client(endpoint(port, nil)), toSay: "does this port speak TLS?")
        let tls = RedisTLS(authorities: authority.certificate)
        let secured = redis.client(endpoint(redis.port, tls), timeout: .seconds(1))
        await expect(secured, toSay: "begins with redis, not rediss")
    }

    @Test func `files that cannot be used are named`() async throws {
        let (redis, port) = try await server()
        let missing = redis.client(endpoint(port, RedisTLS(authorities: "/nowhere/ca.pem")))
        #expect(
            await message(missing).hasSuffix("redis.tls.ca: cannot read /nowhere/ca.pem: No such file or directory"))
        let rubbish = "\(authority.folder)/rubbish.pem"
        try Data("rubbish".utf8).write(to: URL(fileURLWithPath: rubbish))
        let pipe = "\(authority.folder)/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        let own = try authority.sign("client")
        for (tls, word) in [
            (RedisTLS(authorities: rubbish), "redis.tls.ca"),
            (RedisTLS(authorities: pipe), "redis.tls.ca"),
            (RedisTLS(authorities: authority.certificate, certificate: rubbish, key: own.key), "redis.tls.certificate"),
            (RedisTLS(authorities: authority.certificate, certificate: own.certificate, key: rubbish), "redis.tls.key"),
            (
                RedisTLS(
                    authorities: authority.certificate, certificate: own.certificate,
                    key: try authority.sign("other").key),
                "redis.tls.key"
            ),
        ] {
            await expect(redis.client(endpoint(port, tls)), toSay: word)
        }
    }

    @Test func `a file that was replaced counts from the next connection on`() async throws {
        let (redis, port) = try await server()
        let file = "\(authority.folder)/trusted.pem"
        let stranger = try TestAuthority()
        try FileManager.default.copyItem(atPath: stranger.certificate, toPath: file)
        let client = redis.client(endpoint(port, RedisTLS(authorities: file)))
        await expect(client, toSay: "no trusted authority")
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.copyItem(atPath: authority.certificate, toPath: file)
        try await eventually("the client connects") { await message(client) == "PONG" }
    }

    @Test func `a connection that breaks is made anew, and a wait that is cancelled ends`() async throws {
        let (redis, port) = try await server()
        let client = redis.client(endpoint(port, RedisTLS(authorities: authority.certificate)))
        #expect(await message(client) == "PONG")
        try await redis.kill()
        try await redis.restart()
        try await eventually("the client is back") { await message(client) == "PONG" }
        let blocking = client.separate()
        let wait = Task { try await blocking.sendBlocking(RedisCommand("BLPOP", "none", 0), timeout: .seconds(60)) }
        try await eventually("it waits") { try await redis.blockedClients() == 1 }
        wait.cancel()
        _ = await wait.result
        try await eventually("Redis waits no more") { try await redis.blockedClients() == 0 }
    }
}
