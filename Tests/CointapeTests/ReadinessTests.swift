import Foundation
import Redis
import TestSupport
import Testing

/// `/readyz?verbose` of an api that takes no order, and of one that has few rights: what it says is what is.
@Suite(.serialized, .tags(.clock)) struct ReadinessTests {
    private static let durable = ["--appendonly", "yes", "--appendfsync", "always"]

    /// An api of the shipped config, changed by `change`, on a Redis with a feed of rates.
    private final class API {
        let process: Cointape
        let port: Int
        private let folder: TestFolder

        init(_ environment: [String: String], change: (String) -> String = { $0 }) throws {
            folder = try TestFolder()
            port = try FreePort.next()
            let config = try String(contentsOfFile: "\(Repository.path)/config/api.json", encoding: .utf8)
            try change(config).write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
            process = try Cointape(
                ["run", "\(folder.path)/api.json"], environment: ["PORT": "\(port)"].merging(environment) { $1 })
        }

        func readiness() async throws -> String {
            try await shell("curl -sS 'localhost:\(port)/readyz?verbose'").replacing("\\/", with: "/")
        }

        /// Waits until it tells all of this.
        func tells(_ words: String...) async throws {
            var last = ""
            do {
                try await eventually(within: .seconds(30), every: .milliseconds(100), "\(words)") {
                    last = try await readiness()
                    return words.allSatisfy { last.contains($0) }
                }
            } catch {
                Issue.record("not told: \(words)\n\(last)")
            }
            #expect(!last.contains("[+] orders: ") || words.contains { $0.contains("[+] orders: ") })
        }

        func put(_ key: String) async throws -> String {
            try await shell(
                "curl -sS -X PUT localhost:\(port)/buy_order -H 'Content-Type: application/json' -d "
                    + #"'{"currency":"USD","amount":"100","idempotence_key":"\#(key)"}'"#)
        }
    }

    private func rates(_ client: RedisClient, source: String) async throws {
        let minute = Int64(Date().timeIntervalSince1970) / 60 * 60_000
        _ = try await client.send(
            RedisCommand(
                "XADD", "btc_rate", "\(minute)-0", "source", source, "rows",
                #"[{"EUR":"80000","GBP":"80000","USD":"80000"}]"#))
    }

    @Test(.timeLimit(.minutes(5))) func `where no order is taken readiness does not say that they are, and says why`()
        async throws
    {
        let redis = try await TestRedis(Self.durable)
        let client = redis.client()
        try await rates(client, source: "btc_rate")
        let api = try API(["REDIS_URL": redis.url])
        try await api.tells("[-] orders: the ledger is not open; cointape orders open")
        #expect(try await api.put("a").contains("ledger-not-open"))
        // A trace of a ledger forbids the advice to open one.
        _ = try await client.send(RedisCommand("HSET", "{orders}:seen", "a", "1-1"))
        try await api.tells("the ledger is lost: {orders}:seen exists; put its backup back")
        #expect(try await !api.readiness().contains("orders open"))
        _ = try await client.send(RedisCommand("DEL", "{orders}:seen"))
        // An entry that is no opening.
        let foreign = try await client.send(RedisCommand("XADD", "{orders}:ledger", "*", "a", "b")).text ?? ""
        try await api.tells("[-] orders: ", foreign, "cointape orders verify")
        #expect(try await api.put("a").contains("ledger-damaged"))
        _ = try await client.send(RedisCommand("DEL", "{orders}:ledger"))
        // An opening that cannot be read.
        _ = try await client.send(RedisCommand("XADD", "{orders}:ledger", "*", "opened", "x", "kind", "real"))
        try await api.tells("[-] orders: {orders}:ledger: ", "cointape orders verify")
        _ = try await client.send(RedisCommand("DEL", "{orders}:ledger"))
        // A ledger for other rates.
        var ledger = TestLedger(client)
        try await ledger.open()
        try await api.tells("the ledger was opened for sandbox rates, and the newest rates are real")
        #expect(try await api.put("a").contains("wrong-rates"))
        let told = try await Cointape.run(["status", "config/api.json"], environment: ["REDIS_URL": redis.url])
        #expect(told.text.contains("the ledger was opened for sandbox rates, and the newest rates are real"))
        _ = try await client.send(RedisCommand("DEL", "btc_rate"))
        try await rates(client, source: "sandbox")
        let well = try API(["REDIS_URL": redis.url])
        try await well.tells("[+] orders: ")
        #expect(try await well.put("a").contains("buy_order"))
    }

    @Test(.timeLimit(.minutes(5))) func `what has not been read since the start is named`() async throws {
        let (redis, other) = (try await TestRedis(Self.durable), try await TestRedis())
        let client = redis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        try await rates(client, source: "sandbox")
        _ = try await other.client().send(RedisCommand("SET", "{read}:stats", "x"))
        let model = try API(["REDIS_URL": redis.url, "READ_REDIS_URL": other.url])
        try await model.tells("none is taken before", "the read model (127.0.0.1:\(other.port): WRONGTYPE")
        #expect(try await model.put("a").contains("orders-unavailable"))
        let away = try API(["REDIS_URL": redis.url, "READ_REDIS_URL": "redis://127.0.0.1:1"])
        try await away.tells("none is taken before", "the read model (127.0.0.1:1: ")
        let witness = try API(["REDIS_URL": redis.url, "WITNESS_REDIS_URL": "redis://127.0.0.1:1"])
        try await witness.tells("none is taken before", "the witness (127.0.0.1:1: ")
    }

    @Test(.timeLimit(.minutes(5))) func `a right that orders need is named by readiness, by status and by the order`()
        async throws
    {
        let redis = try await TestRedis(Self.durable)
        let client = redis.client()
        var ledger = TestLedger(client)
        try await ledger.open()
        try await rates(client, source: "sandbox")
        let url = "redis://narrow:narrow-secret@127.0.0.1:\(redis.port)"
        func allow(_ rules: String...) async throws {
            let arguments: [any RedisArgument] = ["SETUSER", "narrow", "reset", "on", ">narrow-secret", "~*", "+@all"]
            _ = try await client.send(RedisCommand("ACL", arguments: arguments + rules))
        }
        try await allow("-hlen")
        let replicas = #""${ORDERS_REPLICAS:-0}""#
        let api = try API(["REDIS_URL": url]) { $0.replacing(replicas, with: #"1, "timeout": "100ms""#) }
        try await api.tells("[-] orders: ", "this user may not run HLEN on {orders}:seen", "ACL SETUSER USER +hlen")
        let order = try await api.put("a")
        #expect(order.contains("the table of seen keys") && order.contains("HLEN"), "\(order)")
        #expect(!order.contains("narrow"))
        let status = try await Cointape.run(["status", "config/api.json"], environment: ["REDIS_URL": url])
        #expect(status.code == 1 && status.text.contains("may not run HLEN on {orders}:seen"), "\(status.text)")
        try await allow("-wait")
        try await api.tells("this user may not run WAIT", "ACL SETUSER USER +wait")
        // Not before the api has read what it could not read until now.
        var unsafe = ""
        try await eventually("the order is placed, and not confirmed") {
            unsafe = try await api.put("b")
            return unsafe.contains("outcome-unknown")
        }
        #expect(unsafe.contains("this user may not run WAIT"), "\(unsafe)")
        #expect(!unsafe.contains("narrow"))
    }

    @Test(.timeLimit(.minutes(5))) func `an api of lists alone needs no write, and does not fill the log of denials`()
        async throws
    {
        let redis = try await TestRedis(Self.durable)
        let client = redis.client()
        _ = try await client.send(
            RedisCommand(
                "ACL", "SETUSER", "reader", "on", ">reader-secret", "~*", "+@read", "+evalsha", "+eval", "+time"))
        let url = "redis://reader:reader-secret@127.0.0.1:\(redis.port)"
        let lists =
            #"{"worker": "api", "name": "api", "redis": {"url": "${REDIS_URL:-}"}, "listen": [{"port": "${PORT:-}"}]}"#
        let api = try API(["REDIS_URL": url]) { _ in lists }
        try await api.tells("[+] reads: ")
        #expect(try await !api.readiness().contains("writes"))
        // Two more looks, and beats.
        func looks() async throws -> Int { try await redis.calls(of: "type") }
        let before = try await looks()
        try await eventually("it has looked again") { try await looks() >= before + 2 }
        let denied = try await redis.aclLog()
        let commands = Dictionary(denied.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(commands["set"] == 1 && commands["info"] ?? 0 <= 2, "\(commands)")
        // A replica is as good, and a right that reading needs is named.
        _ = try await client.send(RedisCommand("ACL", "SETUSER", "reader", "-xread"))
        try await api.tells("[-] reads: ", "this user may not run XREAD on toplist", "ACL SETUSER USER +xread")
        _ = try await client.send(RedisCommand("ACL", "SETUSER", "reader", "+xread"))
        _ = try await client.send(RedisCommand("REPLICAOF", "127.0.0.1", "1"))
        try await api.tells("[+] reads: ")
    }

    @Test(.timeLimit(.minutes(5))) func `after a name has moved an api finds the new primary, and readiness with it`()
        async throws
    {
        let (old, new) = (try await TestRedis(Self.durable), try await TestRedis(Self.durable))
        for redis in [old, new] { try await rates(redis.client(), source: "sandbox") }
        var ledger = TestLedger(old.client())
        try await ledger.open()
        let relay = try await Relay(to: old.port)
        let api = try API(["REDIS_URL": "redis://127.0.0.1:\(relay.port)"])
        try await api.tells("[+] orders: ")
        // What the new primary has it has from the old one.
        _ = try await new.client().send(RedisCommand("REPLICAOF", "127.0.0.1", old.port))
        try await eventually("it has the ledger") {
            try await new.client().send(RedisCommand("XLEN", "{orders}:ledger")) == .integer(1)
        }
        _ = try await new.client().send(RedisCommand("REPLICAOF", "NO", "ONE"))
        _ = try await old.client().send(RedisCommand("REPLICAOF", "127.0.0.1", new.port))
        relay.lead(to: new.port)
        try await eventually(within: .seconds(30), every: .milliseconds(200), "readiness is at the new primary") {
            try await new.client().send(RedisCommand("EXISTS", "{orders}:probe:api")) == .integer(1)
        }
        try await api.tells("[+] orders: ")
        #expect(try await api.put("a").contains("buy_order"))
    }
}
