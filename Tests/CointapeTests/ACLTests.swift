import Foundation
import Redis
import TestSupport
import Testing

/// Whole processes, each as the Redis user that `cointape acl` gives it.
@Suite(.tags(.clock)) struct ACLTests {
    private static let workers = ["price", "rank", "btc_rate", "toplist", "archive", "ledger", "api"]
    private static let configs = workers.map { "config/\($0).json" }

    /// A server with the users of all shipped configs, whose passwords are `canary`.
    private struct Server {
        let redis: TestRedis
        let client: RedisClient
        let port: Int

        init(_ kind: RedisKind) async throws {
            redis = try await TestRedis(kind: kind)
            port = redis.port
            client = redis.client()
            for name in workers { try await send("ACL", "SETUSER", "cointape-\(name)", ">canary") }
            let acl = try await Cointape.run(["acl"] + configs, environment: ["REDIS_URL": "redis://127.0.0.1:\(port)"])
            #expect(acl.code == 0, "\(acl.text)")
            // Comments included, as somebody would paste it.
            let answer = try await shell(acl.text)
            #expect(answer == String(repeating: "OK\n", count: workers.count), "\(answer)")
        }

        @discardableResult func send(_ words: String...) async throws -> RedisReply {
            try await client.send(RedisCommand(words[0], arguments: Array(words.dropFirst())))
        }

        func url(_ worker: String) -> String { "redis://cointape-\(worker):canary@127.0.0.1:\(port)" }

        /// What Redis says of a user's commands or keys.
        func rules(_ worker: String, _ field: String) async throws -> [String] {
            let facts = try await send("ACL", "GETUSER", "cointape-\(worker)").array ?? []
            let place = try #require(facts.firstIndex { $0.text == field })
            let reply = facts[place + 1]
            let words = reply.array?.compactMap(\.text) ?? reply.text?.split(separator: " ").map(String.init) ?? []
            return words.filter { $0 != "-@all" }
        }
    }

    @Test(.timeLimit(.minutes(3)), arguments: RedisKind.all)
    func `each worker does its part with the rights that acl gives it, and is denied nothing that it needs`(
        kind: RedisKind
    ) async throws {
        let server = try await Server(kind)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        // Two minutes before an hour ends, six times as fast as life.
        let start = (now / 3_600_000 - 10) * 3_600_000 - 130_000
        var environment = ["COINTAPE_CLOCK": "\(start)@\(now)x6"]
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "300"], environment: environment)
        try await sandbox.prints("export CRYPTOCOMPARE_URL=")
        for line in sandbox.text.split(separator: "\n") where line.hasPrefix("export ") {
            let variable = line.dropFirst(7).split(separator: "=", maxSplits: 1)
            environment[String(variable[0])] = String(variable[1])
        }
        let admin = environment.merging(["REDIS_URL": "redis://127.0.0.1:\(server.port)"]) { $1 }
        let opened = try await Cointape.run(["orders", "open", "--kind", "real"], environment: admin)
        #expect(opened.code == 0, "\(opened.text)")
        let port = try FreePort.next()
        let processes = try Self.workers.map { name in
            try Cointape(
                ["run", "config/\(name).json"],
                environment: environment.merging(["REDIS_URL": server.url(name), "PORT": "\(port)"]) { $1 })
        }
        let order = #"{"currency":"USD","amount":"100","idempotence_key":"1"}"#
        try await eventually(within: .seconds(60), "an order is taken") {
            try await shell(
                "curl -s -o /dev/null -w '%{http_code}' -X PUT 127.0.0.1:\(port)/buy_order "
                    + "-H 'Content-Type: application/json' -d '\(order)' || true") == "200"
        }
        try await eventually(within: .seconds(60), "a list is served, the order shown, and the hour archived") {
            let list = try await shell("curl -s '127.0.0.1:\(port)?limit=2' || true")
            let orders = try await shell("curl -s 127.0.0.1:\(port)/buy_orders || true")
            let hours = try await server.send("XLEN", "archive").integer ?? 0
            return list.contains("\"Rank\":1") && orders.contains("currency_amount\":\"100") && hours > 0
        }
        let ready = try await shell("curl -s '127.0.0.1:\(port)/readyz?verbose'")
        #expect(!ready.contains("may not run"), "\(ready)")
        for (name, process) in zip(Self.workers, processes) {
            #expect(!process.text.contains("NOPERM"), "\(name): \(process.text.suffix(2000))")
        }
        let status = try await Cointape.run(["status", "config/price.json"], environment: admin)
        let name = kind.name.hasPrefix("valkey-") ? "Valkey" : "Redis"
        let number = kind.name.split(separator: "-").dropFirst().last ?? ""
        #expect(status.text.contains("127.0.0.1:\(server.port), \(name) \(number)"), "\(status.text)")
        // CONFIG GET would show passwords; what it would tell is unknown instead.
        let denied = Set(try await server.redis.aclLog()).subtracting(["config|get", "config"])
        #expect(denied == [], "\(denied)")
    }

    @Test func `a server that is reached in several ways has one user for each worker, with the rights of all`()
        async throws
    {
        let redis = try await TestRedis()
        let acl = try await Cointape.run(
            ["acl", "config/api.json", "config/ledger.json"],
            environment: [
                "REDIS_URL": "redis://a:canary@127.0.0.1:\(redis.port)",
                "ORDERS_REDIS_URL": "redis://localhost:\(redis.port)/1",
            ])
        #expect(try await shell(acl.text) == "OK\nOK\n", "\(acl.text)")
        for (name, keys) in [("api", ["toplist:*", "{orders}:ledger", "{read}:*"]), ("ledger", ["{orders}:ledger"])] {
            let text = try await shell("redis-cli -p \(redis.port) ACL GETUSER cointape-\(name)")
            for word in keys + ["+select", "+xadd"] { #expect(text.contains(word), "\(name): \(text)") }
        }
    }

    /// On a server that can be asked; Redis 6.2 is covered for each task by the tests of needs.
    @Test(.timeLimit(.minutes(5)))
    func `each right that is taken away is named, with the line that grants it`() async throws {
        let server = try await Server(.installed)
        try await server.send("CONFIG", "SET", "appendonly", "yes")
        let url = "redis://127.0.0.1:\(server.port)"
        let opened = try await Cointape.run(["orders", "open", "--kind", "real"], environment: ["REDIS_URL": url])
        #expect(opened.code == 0, "\(opened.text)")
        let before = try await server.send("XLEN", "{orders}:ledger").integer
        // Without these a figure is unknown at most, or nothing can be asked.
        let optional = ["+ping", "+client|setname", "+info", "+pttl"]
        for name in Self.workers {
            let commands = try await server.rules(name, "commands").filter { !optional.contains($0) }
            for command in commands {
                try await server.send("ACL", "SETUSER", "cointape-\(name)", "-" + command.dropFirst())
                let status = try await Cointape.run(
                    ["status", "config/\(name).json"], environment: ["REDIS_URL": server.url(name)])
                #expect(
                    status.code == 1 && status.text.contains("ACL SETUSER USER") && status.text.contains(command),
                    "\(name) without \(command): \(status.text)")
                try await server.send("ACL", "SETUSER", "cointape-\(name)", command)
            }
            let keys = try await server.rules(name, "keys").filter { !$0.contains("probe:") }
            for key in keys {
                let others = keys.filter { $0 != key } + ["~probe:*", "~{orders}:probe:*", "~{read}:probe:*"]
                let command = RedisCommand("ACL", arguments: ["SETUSER", "cointape-\(name)", "resetkeys"] + others)
                _ = try await server.client.send(command)
                let status = try await Cointape.run(
                    ["status", "config/\(name).json"], environment: ["REDIS_URL": server.url(name)])
                #expect(
                    status.code == 1 && status.text.contains("'\(key)'"), "\(name) without \(key): \(status.text)")
                try await server.send("ACL", "SETUSER", "cointape-\(name)", key)
            }
        }
        #expect(try await server.send("XLEN", "{orders}:ledger").integer == before)
    }
}
