import Foundation
import TestSupport
import Testing

/// Addresses that cannot be listened on, and values with what nobody sees.
@Suite(.tags(.clock)) struct ListeningTests {
    private func run(_ config: String, _ environment: [String: String]) async throws -> (code: Int32, text: String) {
        let redis = ["REDIS_URL": "redis://127.0.0.1:1"]
        return try await Cointape.run(["run", config], environment: redis.merging(environment) { $1 })
    }

    @Test(.timeLimit(.minutes(5))) func `an api says which address it cannot take, why, and what would be right`()
        async throws
    {
        let taken = try await RedisPort()
        let port = "\(try FreePort.next())"
        let cases: [(environment: [String: String], code: Int32, told: [String])] = [
            (
                ["HOST": "*", "PORT": port], 78,
                ["config/api.json:6:23: listen[0].host: ", "0.0.0.0 (all of IPv4), :: (all)"]
            ),
            (["HOST": "127.0.0.1:80", "PORT": port], 78, ["listen[0].host: is no IPv6 address"]),
            (["PORT": "\(taken.port)"], 1, ["cannot listen on 127.0.0.1:\(taken.port): the port is in use"]),
            // A block for documentation (RFC 5737) is nobody's address.
            (
                ["HOST": "203.0.113.7", "PORT": port], 1,
                ["cannot listen on 203.0.113.7:\(port): no interface of this machine has the address", "0.0.0.0"]
            ),
            (
                ["HOST": "no-such-host.invalid", "PORT": port], 1,
                ["cannot listen on no-such-host.invalid:\(port): the host name does not resolve", "0.0.0.0"]
            ),
        ]
        for (environment, code, told) in cases {
            let result = try await run("config/api.json", environment)
            #expect(result.code == code, "\(environment): \(result.text)")
            for words in told { #expect(result.text.contains(words), "\(environment): \(result.text)") }
        }
    }

    @Test(.timeLimit(.minutes(5))) func `an IPv6 address may stand in brackets`() async throws {
        let port = try FreePort.next()
        let api = try Cointape(
            ["run", "config/api.json"],
            environment: ["REDIS_URL": "redis://127.0.0.1:1", "HOST": "[::]", "PORT": "\(port)"])
        try await api.prints("api.listening")
        #expect(try await shell("curl -sS 'http://127.0.0.1:\(port)/healthz'") == "alive\n")
        api.signal(SIGTERM)
        #expect(try await api.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `metrics and the sandbox name their address too`() async throws {
        let port = try FreePort.next()
        let worker = try Cointape(
            ["run", "config/ledger.json"],
            environment: [
                "REDIS_URL": "redis://127.0.0.1:1", "METRICS_HOST": "203.0.113.7", "METRICS_PORT": "\(port)",
            ])
        try await worker.prints("metrics.unavailable")
        try await worker.prints("cannot listen on 203.0.113.7:\(port): no interface")
        worker.signal(SIGTERM)
        #expect(try await worker.exit() == 0)
        let taken = try await RedisPort()
        let sandbox = try await Cointape.run(["sandbox", "--port", "\(taken.port)"])
        #expect(
            sandbox.code == 1 && sandbox.text.contains("cannot listen on 127.0.0.1:\(taken.port): the port is in use"))
        let star = try await Cointape.run(["sandbox", "--host", "*"])
        #expect(star.code == 64 && star.text.contains("--host is no host name"), "\(star.text)")
    }

    /// A port that is taken.
    private struct RedisPort {
        let redis: TestRedis
        var port: Int { redis.port }

        init() async throws { redis = try await TestRedis() }
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            ("redis://127.0.0.1\n", "has a line break (U+000A) at character 18 of the environment variable REDIS_URL"),
            (" redis://127.0.0.1", "has a space (U+0020) at character 1 of the environment variable REDIS_URL"),
            ("redis://h:1,h:2", "names several hosts; it takes one: redis://host:port"),
            ("redis://h%0A:1", "has a host that is no host name"),
            ("redis://:canary%0D@h", "has a password with a carriage return (U+000D) at character 7, percent-encoded"),
        ])
    func `check tells what nobody sees, with its place`(url: String, told: String) async throws {
        let result = try await Cointape.run(["check", "config/api.json"], environment: ["REDIS_URL": url])
        #expect(result.code == 78 && result.text.contains("config/api.json:5:20: redis.url: \(told)"), "\(result.text)")
    }
}
