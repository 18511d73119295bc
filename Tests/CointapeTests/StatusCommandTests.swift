import Foundation
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// `cointape status` and `/readyz?verbose` on a Redis that refuses writes, loses keys, or holds what nobody expects.
@Suite(.tags(.clock)) struct StatusCommandTests {
    private static let durable = ["--appendonly", "yes", "--appendfsync", "always"]

    private func status(
        _ redis: TestRedis, _ configs: [String] = [], _ more: [String: String] = [:]
    ) async throws -> (code: Int32, text: String) {
        try await Cointape.run(["status"] + configs, environment: ["REDIS_URL": redis.url].merging(more) { $1 })
    }

    /// The lines that mend what is wrong.
    private func mending(_ text: String) -> [String] {
        guard let wrong = text.firstRange(of: "what is wrong:") else { return [] }
        return text[wrong.upperBound...].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix("redis-cli") }
    }

    /// What breaks it, what is told of it, and what the line that mends it has.
    private static let refusals: [(breaking: [String], told: String, mend: String)] = [
        (["CONFIG SET maxmemory 1mb"], "(OOM)", "CONFIG SET maxmemory "),
        (["CONFIG SET min-replicas-to-write 1"], "(NOREPLICAS)", "CONFIG SET min-replicas-to-write 0"),
        (["CONFIG SET appendonly no"], "there is no append-only file", "CONFIG SET appendonly yes"),
        (["CONFIG SET appendfsync everysec"], "appendfsync is everysec", "CONFIG SET appendfsync always"),
        (["EXPIRE {orders}:ledger 3600"], "the key {orders}:ledger expires", "PERSIST '{orders}:ledger'"),
        (["HSET {orders}:seen a b", "EXPIRE {orders}:seen 3600"], "{orders}:seen expires", "PERSIST '{orders}:seen'"),
        (["HSET {read}:stats a b", "EXPIRE {read}:stats 60"], "{read}:stats expires", "PERSIST '{read}:stats'"),
        (["EXPIRE btc_rate 600"], "btc_rate expires", "PERSIST 'btc_rate'"),
        (["ACL SETUSER default -xadd"], "this user may not run XADD on {orders}:ledger", "ACL SETUSER default +xadd"),
        (
            ["ACL SETUSER default resetkeys '~[^{]*' '~{orders}:[lmp]*' '~{read}*'"],
            "this user may not run HGET, HLEN, HMGET, HSET on {orders}:seen", "ACL SETUSER default '~{orders}:seen'"
        ),
        (["ACL SETUSER default -set"], "this user may not run SET on ", "ACL SETUSER default +set"),
    ]

    @Test(.timeLimit(.minutes(5)), arguments: refusals)
    func `what refuses writes, or will lose them, is told with the line that mends it`(
        breaking: [String], told: String, mend: String
    ) async throws {
        let shop = try await Shop(apis: 1, on: try await TestRedis(Self.durable))
        let configs = ["config/api.json", "config/btc_rate.json"]
        func readiness() async throws -> String {
            try await shell("curl -sS 'localhost:\(shop.apis[0].port)/readyz?verbose'")
        }
        try await eventually("the api has looked") {
            try await readiness().contains("[+] orders: ")
        }
        for command in breaking { try await shell("redis-cli -p \(shop.redis.port) \(command)") }
        let broken = try await status(shop.redis, configs)
        #expect(broken.code == 1 && broken.text.contains(told), "\(breaking): \(broken.text)")
        let lines = mending(broken.text).filter { $0.contains(mend) }
        #expect(!lines.isEmpty, "\(breaking): \(broken.text)")
        try await eventually(within: .seconds(20), every: .milliseconds(200), "/readyz tells \(told)") {
            let ready = try await readiness()
            return ready.contains(told) && ready.contains(mend)
        }
        for line in Set(lines) { try await shell(line) }
        try await eventually(within: .seconds(20), every: .milliseconds(200), "\(lines) mends it") {
            guard try await !readiness().contains(told) else { return false }
            return try await !status(shop.redis, configs).text.contains(told)
        }
        // The probes expire, and are all that was written.
        try await eventually(within: .seconds(30), every: .milliseconds(500), "the probes expire when nobody looks") {
            let ttl = try await shell("redis-cli -p \(shop.redis.port) --scan --pattern '*probe:status'")
            return ttl.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty
        }
    }

    /// Streams with a minute of now, a list, a ledger with an order and a beat of each kind of key.
    private func fill(_ redis: TestRedis) async throws {
        let client = redis.client()
        let now = Int64(Date().timeIntervalSince1970) / 60 * 60_000
        let minute =
            String(
                decoding: "\(Date(timeIntervalSince1970: Double(now / 1000)).ISO8601Format())".utf8.prefix(16),
                as: UTF8.self) + "Z"
        for (stream, source) in [
            ("price", "price"), ("rank", "rank"), ("btc_rate", "btc_rate"), ("toplist", "toplist"),
        ] {
            _ = try await client.send(RedisCommand("XADD", stream, "\(now)-0", "source", source, "rows", "[]"))
            for kind in ["lease", "tries"] {
                _ = try await client.send(RedisCommand("SET", "\(kind):\(stream):\(minute)", "1", "PX", 600_000))
            }
            _ = try await client.send(
                RedisCommand("SET", "worker:\(stream):host:0123abcd", #"{"last_minute":"\#(minute)"}"#, "PX", 600_000))
        }
        let hour = now / 3_600_000 * 3_600_000
        _ = try await client.send(
            RedisCommand("XADD", "archive", "\(hour - 3_600_000)-0", "source", "archive", "bytes", "400000"))
        _ = try await client.send(RedisCommand("XADD", "archive:days", "\(hour - 86_400_000)-0", "source", "archive"))
        for key in ["lease:archive:\(minute)", "tries:archive:\(minute)", "worker:archive:host:0123abcd"] {
            _ = try await client.send(RedisCommand("SET", key, "{}", "PX", 600_000))
        }
        _ = try await client.send(RedisCommand("SET", "toplist:\(minute)", "Rank\r\n", "PX", 600_000))
        _ = try await client.send(RedisCommand("SET", "pause:price", "2020-01-01T00:00:00.000Z x", "PX", 600_000))
        var ledger = TestLedger(client)
        try await ledger.open()
        for key in ["all", "EUR", "GBP", "USD"] {
            _ = try await client.send(RedisCommand("XADD", "{read}:\(key)", "1-1", "a", "b"))
        }
        _ = try await client.send(RedisCommand("HSET", "{read}:stats", "total", "0"))
        _ = try await client.send(RedisCommand("HSET", "{orders}:seen", "a", "1-1"))
    }

    /// The beginnings of the lines that the report always has: servers, streams, workers, orders.
    private func rows(_ text: String) -> Set<String> {
        let lines = text.prefix(upTo: text.firstRange(of: "what is wrong:")?.lowerBound ?? text.endIndex)
            .split(separator: "\n")
        return Set(
            lines.filter { $0.contains("  ") || $0.hasPrefix("orders:") }.map { line in
                let words = line.split(separator: " ")
                return words.prefix(line.hasPrefix("orders:") ? 1 : 2).joined(separator: " ")
            }.filter { !$0.hasPrefix("20") && !$0.hasPrefix("redis-cli") && !$0.hasPrefix("feeds") })
    }

    @Test(.timeLimit(.minutes(5))) func `a key of another type costs its own line, whichever it is`() async throws {
        let redis = try await TestRedis(Self.durable)
        let client = redis.client()
        try await fill(redis)
        let keys = (try await client.send(RedisCommand("KEYS", "*")).array ?? []).compactMap(\.text).sorted()
        #expect(keys.count == 30, "\(keys)")
        let whole = rows(try await status(redis).text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\dZ/, with: "M"))
        #expect(
            whole.isSuperset(of: ["price M", "toplist M", "archive M", "orders:", "price fetch", "api api"]), "\(whole)"
        )
        for key in keys {
            guard case .bulk(let dump) = try await client.send(RedisCommand("DUMP", key)) else { continue }
            let type = try await client.send(RedisCommand("TYPE", key)).text
            let left = try await client.send(RedisCommand("PTTL", key)).integer ?? -1
            _ = try await client.send(RedisCommand("DEL", key))
            if type == "string" {
                _ = try await client.send(RedisCommand("RPUSH", key, "x"))
            } else {
                _ = try await client.send(RedisCommand("SET", key, "x\u{1B}[2J\n"))
            }
            let (code, text) = try await status(redis)
            #expect(code == 1)
            // What has become of the minute since, and what stands in the key, differ.
            let now = rows(text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\dZ/, with: "M"))
            let lost = whole.subtracting(now).filter {
                !$0.hasPrefix("\(key) ") && !key.hasPrefix("worker:\($0.prefix { $0 != " " })")
            }
            #expect(lost.isEmpty, "\(key): \(lost)\n\(text)")
            if !["lease", "tries", "toplist:"].contains(where: { key.hasPrefix($0) }) {
                #expect(
                    text.contains("the key \(key)") || text.contains("\(key) is no ") || text.contains("\(key): "),
                    "\(key) is not named:\n\(text)")
            }
            #expect(!text.contains("\u{1B}"))
            _ = try await client.send(RedisCommand("RESTORE", key, left < 0 ? 0 : Int(left), dump, "REPLACE"))
        }
        // Keys that nobody documents are nobody's.
        _ = try await client.send(RedisCommand("SET", "time", "12:00"))
        #expect(rows(try await status(redis).text.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\dZ/, with: "M")) == whole)
    }

    /// As far as it is about archives.
    private struct Report: Decodable {
        struct Archive: Decodable {
            let name: String
            let newest_hour: String?
            let lag: Double?
            let hours: Int
            let days: Int
            let bytes_per_day: Int?
            let missing_hours: Int
            let missing_minutes: Int
        }

        struct Stream: Decodable {
            let name: String
            let missing: Int
        }

        struct Problem: Decodable { let what: String }

        let archives: [Archive]
        let streams: [Stream]
        let problems: [Problem]
    }

    @Test(.timeLimit(.minutes(5)))
    func `an archive's lag, size and holes are shown, and one that is late is a problem`()
        async throws
    {
        let redis = try await TestRedis(Self.durable)
        let client = redis.client()
        func report() async throws -> (report: Report, problems: [String]) {
            let text = try await status(redis, ["--json", "config/archive.json"]).text
            let report = try JSONDecoder().decode(Report.self, from: Data(text.utf8))
            return (report, report.problems.map(\.what).filter { $0.hasPrefix("archive:") && !$0.contains("alive") })
        }
        func add(_ stream: String, _ hoursAgo: Int64, _ fields: String...) async throws {
            let id = "\((Int64(Date().timeIntervalSince1970) / 3600 - hoursAgo) * 3_600_000)-0"
            _ = try await client.send(
                RedisCommand("XADD", arguments: [stream, id, "source", "archive"] + fields as [any RedisArgument]))
        }
        // Nothing is due before there are lists, nor in the first hours.
        #expect(try await report().problems == [])
        try await add("toplist", 1)
        let fresh = try await report()
        #expect(fresh.problems == [] && fresh.report.archives.count == 1)
        #expect(fresh.report.archives[0].newest_hour == nil && fresh.report.archives[0].bytes_per_day == nil)
        _ = try await client.send(RedisCommand("DEL", "toplist"))
        try await add("toplist", 9)
        #expect(try await report().problems == ["archive: has no entry yet"])
        // Of the hours since the oldest one has no entry, and one is a gap.
        for hour in [8, 7, 6, 4] as [Int64] {
            try await add("archive", hour, "bytes", "1000", "minutes", "58", "gaps", "1", "missing", "1")
        }
        try await add("archive", 3, "gap", "unpublished", "detail", "x")
        let late = try await report()
        let archive = late.report.archives[0]
        #expect(archive.hours == 5 && archive.days == 0 && archive.bytes_per_day == 24_000)
        #expect(archive.missing_hours == 2 && archive.missing_minutes == 4)
        let lag = try #require(archive.lag)
        #expect((7200...10_800).contains(lag))
        #expect(late.report.streams.map(\.missing) == [1])
        #expect(late.problems.count == 1 && late.problems[0].hasPrefix("archive: its newest data is 4h"), "\(late)")
        try await add("archive", 2, "bytes", "1000")
        try await add("archive", 1, "bytes", "1000", "missing", "99999999999999999999")
        try await add("archive:days", 30, "bytes", "77000")
        let well = try await report()
        #expect(well.problems == [] && well.report.archives[0].days == 1)
        #expect(well.report.archives[0].bytes_per_day == 77_000 && well.report.archives[0].missing_minutes == 4)
        let text = try await status(redis, ["config/archive.json"]).text
        #expect(text.contains(" ago; 7 hours, 1 days, 77 kB a day in file://"), "\(text)")
        #expect(text.contains("; 2 hours are missing, and 4 minutes of the last 24 hours"), "\(text)")
    }

    @Test(.timeLimit(.minutes(5))) func `hostile content costs its own line and never the terminal`() async throws {
        let redis = try await TestRedis(Self.durable)
        let client = redis.client()
        try await fill(redis)
        _ = try await client.send(
            RedisCommand("XADD", "price", "18446744073709551614-1", "gap", "\u{1B}[2Jx\n", "detail", "y"))
        _ = try await client.send(RedisCommand("XADD", "rank", "9223372036854775807-1", "rows", "x"))
        _ = try await client.send(RedisCommand("XADD", "archive", "*", "bytes", "\u{1B}[2J", "gap", "\u{1B}[2J\n"))
        _ = try await client.send(RedisCommand("XADD", "archive:days", "*", "bytes", "9223372036854775807"))
        _ = try await client.send(RedisCommand("XADD", "btc_rate", "*", "gap", "\u{1B}[31m evil\nall is well"))
        _ = try await client.send(RedisCommand("XADD", "{orders}:ledger", "*", "opened", "\u{1B}[2J\n", "total", "NaN"))
        _ = try await client.send(RedisCommand("HSET", "{read}:stats", "last", "\u{1B}[2J\nall is well"))
        _ = try await client.send(RedisCommand("RPUSH", "worker:price:$(touch x)'\u{1B}[2J\n:1", "x"))
        _ = try await client.send(RedisCommand("SET", "worker:price:for-ever:1", "{}"))
        for arguments in [["status"], ["status", "--json"]] {
            let (code, text) = try await Cointape.run(arguments, environment: ["REDIS_URL": redis.url])
            #expect(code == 1 && !text.contains("\u{1B}") && !text.contains("\nall is well"), "\(text)")
            for name in ["price", "rank", "btc_rate", "toplist", "orders"] { #expect(text.contains(name)) }
        }
        let text = try await status(redis).text
        #expect(text.contains("18446744073709551614-1 lies in the future"), "\(text)")
        // The line that takes out a key of any name works as it stands, and does nothing else.
        let line = try #require(mending(text).first { $0.contains("DEL $'") })
        try await shell(line)
        #expect(try await !status(redis).text.contains("DEL $'"))
        #expect(text.contains("worker:price:for-ever:1: no worker has written it"))
    }

    @Test(.timeLimit(.minutes(5))) func `what a user may not ask is told as unknown, and the rest is shown`()
        async throws
    {
        let redis = try await TestRedis(Self.durable)
        let client = redis.client()
        try await fill(redis)
        for (denied, told) in [
            ("-info", "INFO"), ("-memory", "MEMORY USAGE"), ("-scan", "SCAN"), ("-config", "CONFIG GET"),
            ("-time", "TIME"),
            ("-type", "TYPE"), ("-info -memory -scan -config -type", "MEMORY USAGE"),
        ] {
            let rules: [any RedisArgument] =
                ["SETUSER", "shy", "reset", "on", ">shy-secret", "~*", "+@all"]
                + denied.split(separator: " ").map(String.init)
            _ = try await client.send(RedisCommand("ACL", arguments: rules))
            let (_, text) = try await Cointape.run(
                ["status"], environment: ["REDIS_URL": "redis://shy:shy-secret@127.0.0.1:\(redis.port)"])
            #expect(told.isEmpty || text.contains("refuses \(told)"), "\(denied): \(text)")
            #expect(!text.contains("shy"), "\(denied)")
            for line in ["\nprice ", "\ntoplist ", "\norders: "] {
                #expect(text.contains(line), "\(denied): no \(line) in\n\(text)")
            }
            #expect(!denied.contains("-info") || text.contains("memory unknown"))
            #expect(!denied.contains("-scan") || (text.contains("unknown") && !text.contains("no worker is alive")))
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a ledger that may have been there is never advised to be opened`() async throws
    {
        let traces: [(name: String, make: (RedisClient) async throws -> Void)] = [
            ("the read model", { _ = try await $0.send(RedisCommand("XADD", "{read}:all", "*", "a", "b")) }),
            ("{orders}:seen", { _ = try await $0.send(RedisCommand("HSET", "{orders}:seen", "a", "1-1")) }),
            (
                "has had entries",
                { client in
                    _ = try await client.send(RedisCommand("XADD", "{orders}:ledger", "*", "a", "b"))
                    _ = try await client.send(RedisCommand("XTRIM", "{orders}:ledger", "MAXLEN", "0"))
                }
            ),
            (
                "evicted",
                { client in
                    _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"))
                    _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "4mb"))
                    for number in 0..<800 {
                        _ = try await client.send(
                            RedisCommand("SET", "x\(number)", String(repeating: "x", count: 10_000)))
                    }
                    // Also once nothing is evicted any more.
                    _ = try await client.send(RedisCommand("FLUSHALL"))
                    _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
                    _ = try await client.send(RedisCommand("CONFIG", "SET", "maxmemory-policy", "noeviction"))
                }
            ),
        ]
        for trace in traces {
            let redis = try await TestRedis(Self.durable)
            let environment = ["REDIS_URL": redis.url]
            #expect(try await status(redis, ["config/ledger.json"]).text.contains("cointape orders open"))
            try await trace.make(redis.client())
            let text = try await status(redis, ["config/ledger.json"]).text
            #expect(text.contains("the ledger is lost") && text.contains(trace.name), "\(text)")
            #expect(!text.contains("orders open"), "\(text)")
            let opened = try await Cointape.run(["orders", "open", "--kind", "real"], environment: environment)
            #expect(opened.code == 1 && opened.text.contains("there was a ledger") && opened.text.contains(trace.name))
            let raised = try await Cointape.run(["orders", "raise", "--sold", "1.5"], environment: environment)
            #expect(raised.code == 1 && raised.text.contains("the ledger is lost") && raised.text.contains(trace.name))
            #expect(raised.text.contains("put its backup back"))
        }
    }

    @Test(.timeLimit(.minutes(5))) func `orders whose key or entry is gone are told, with what mends it`() async throws
    {
        let shop = try await Shop(apis: 1, on: try await TestRedis(Self.durable))
        func tells(_ words: String, _ mend: String) async throws {
            try await eventually(within: .seconds(20), every: .milliseconds(200), "\(words) is told") {
                let ready = try await shell("curl -sS 'localhost:\(shop.apis[0].port)/readyz?verbose'")
                let told = try await status(shop.redis, ["config/api.json"])
                return [ready, told.text].allSatisfy { $0.contains(words) && $0.contains(mend) } && told.code == 1
            }
        }
        for key in ["a", "b"] {
            let answer = try await shop.put(#"{"currency":"USD","amount":"100","idempotence_key":"\#(key)"}"#)
            #expect(answer.status == 200, "\(answer.text)")
        }
        let newest = try #require(try await shop.ledger().last).order.id.entry
        _ = try await shop.client.send(RedisCommand("DEL", "{orders}:seen"))
        try await tells("it has 0 keys for 2 orders", "cointape orders repair")
        let repaired = try await Cointape.run(["orders", "repair"], environment: ["REDIS_URL": shop.redis.url])
        #expect(repaired.code == 0, "\(repaired.text)")
        _ = try await shop.client.send(RedisCommand("XDEL", "{orders}:ledger", "\(newest)"))
        try await tells("the entry \(newest) was acknowledged", "cointape orders verify")
    }
}
