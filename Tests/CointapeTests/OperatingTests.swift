import Foundation
import Redis
import TestSupport
import Testing

/// What an operator sees and does, on whole processes.
@Suite(.serialized, .tags(.clock)) struct OperatingTests {
    #if os(Linux)
        @Test(.timeLimit(.minutes(5))) func `an api has one event loop, and as many as it is told`() async throws {
            for (environment, count) in [([:], 1), (["NIO_SINGLETON_GROUP_LOOP_COUNT": "3"], 3)] {
                let port = try FreePort.next()
                let api = try Cointape(
                    ["run", "config/api.json"],
                    environment: ["REDIS_URL": "redis://127.0.0.1:1", "PORT": "\(port)"].merging(environment) { $1 })
                try await api.prints("api.listening")
                let threads = try await shell("cat /proc/\(api.identifier)/task/*/comm | grep -c NIO-SGLTN-")
                #expect(threads == "\(count)\n")
            }
        }
    #endif

    @Test(.timeLimit(.minutes(5))) func `status, metrics and readiness tell of one tape`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next(2)
        let up = try Cointape(["up", "--data", "\(folder.path)/data", "--port", "\(port)"])
        try await up.prints("Ctrl-C ends it.")
        let environment = ["REDIS_URL": "redis://127.0.0.1:\(port + 1)"]
        let order = #"{"currency":"USD","amount":"100","idempotence_key":"a"}"#
        for _ in 0..<2 {
            _ = try await shell(
                "curl -sS -X PUT 'localhost:\(port)/buy_order' -H 'Content-Type: application/json' -d '\(order)'")
        }
        try await eventually("all is well") {
            try await Cointape.run(["status"], environment: environment).text.contains("all is well")
        }
        let status = try await Cointape.run(["status"], environment: environment)
        #expect(status.code == 0 && status.text.contains("orders: 1 of sandbox rates"), "\(status.text)")
        for stream in ["price", "rank", "btc_rate", "toplist"] {
            // Each figure comes with the line that shows it, which works as it stands.
            let line = try #require(status.text.split(separator: "\n").first { $0.hasPrefix(stream) })
            let look = try #require(line.firstRange(of: "redis-cli").map { line[$0.lowerBound...] })
            #expect(try await shell("\(look) | head -c 100").contains("-0"), "\(look)")
        }
        let json = try await Cointape.run(["status", "--json"], environment: environment)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.text.utf8)) as? [String: Any], "\(json.text)")
        let workers = try #require(object["workers"] as? [[String: Any]])
        #expect(
            Set(workers.compactMap { $0["name"] as? String })
                == ["price", "rank", "btc_rate", "toplist", "ledger", "archive", "api"])
        #expect(workers.allSatisfy { $0["alive"] as? Int == 1 })
        #expect((object["problems"] as? [Any])?.isEmpty == true)

        let metrics = try await shell("curl -sS localhost:\(port)/metrics")
        for line in [
            #"cointape_orders_total{outcome="taken"} 1"#, #"cointape_orders_total{outcome="replayed"} 1"#,
            #"cointape_http_requests_total{route="/buy_order",status="200"} 2"#, "cointape_ledger_drift_satoshi 0",
            #"cointape_orders_cap_satoshi 10000000000"#, #"cointape_join_rows{stream="toplist",kind="matched"}"#,
        ] {
            #expect(metrics.contains("\n\(line)"), "\(line) is not in \(metrics)")
        }
        // What the feeds ask the sandbox is no request to the api.
        #expect(!metrics.contains(#"http_requests_total{route="other""#))
        for stream in ["price", "rank", "btc_rate", "toplist"] {
            // The minutes of the past come first, one after the other.
            let pattern = try Regex(#"cointape_data_age_seconds\{stream="\#(stream)"\} ([\d.]+)\n"#)
            try await eventually(within: .seconds(60), "\(stream) is of our time") {
                let sample = try await shell("curl -sS localhost:\(port)/metrics").firstMatch(of: pattern)
                // The first sample comes some seconds after the first minute.
                return sample?.output[1].substring.flatMap { Double($0) }.map { $0 < 180 } ?? false
            }
        }
        // No label has more values than somebody has thought of, whatever is asked for.
        for path in ["/a", "/b?c", "/buy_orders/x", "/buy_orders/y"] {
            _ = try await shell("curl -sS -o /dev/null 'localhost:\(port)\(path)'")
        }
        let routes = try await shell(
            "curl -sS localhost:\(port)/metrics | grep -o 'requests_total{route=\"[^\"]*\"' | sort -u")
        #expect(routes.contains("\"other\"") && routes.contains("\"/buy_orders/<id>\"") && !routes.contains("/a\""))

        let ready = try await shell("curl -sS 'localhost:\(port)/readyz?verbose'")
        for check in ["[+] list: ", "[+] process: ", "[+] redis: ", "[+] rates: "] { #expect(ready.contains(check)) }
        #expect(ready.hasSuffix("\nready\n"))
        up.signal(SIGTERM)
        #expect(try await up.exit() == 0)
        #expect(try await Cointape.run(["status"], environment: environment).code == 1)
    }

    @Test(.timeLimit(.minutes(5))) func `what is wrong is told with lines that mend it as they stand`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        let environment = ["REDIS_URL": redis.url]
        let now = Int64(Date().timeIntervalSince1970) / 60 * 60_000
        for (ago, id) in [(1, now - 60_000), (0, now), (-1440, now + 86_400_000)] {
            _ = try await client.send(
                RedisCommand("XADD", "price", "\(id)-0", "source", "price", "rows", "[{\"ago\":\(ago)}]"))
        }
        _ = try await client.send(RedisCommand("SET", "rank", "not a stream"))
        let status = try await Cointape.run(
            ["status", "config/price.json", "config/rank.json"], environment: environment)
        #expect(status.code == 1)
        #expect(status.text.contains("price: the entry \(now + 86_400_000)-0 lies in the future"), "\(status.text)")
        #expect(status.text.contains("rank: the key rank should be a stream and is a string"))
        let wrong = try #require(status.text.firstRange(of: "what is wrong:")).upperBound
        let mend = status.text[wrong...].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix("redis-cli") && !$0.contains("XREVRANGE") && !$0.contains("--scan") }
        #expect(mend.count == 3, "\(mend)")
        for line in mend { _ = try await shell(line) }
        let after = try await Cointape.run(["status", "config/price.json"], environment: environment)
        #expect(!after.text.contains("future"), "\(after.text)")
        // And minutes can be published again.
        let next = try await client.send(RedisCommand("XADD", "price", "\(now + 60_000)-0", "source", "price"))
        #expect(next.text == "\(now + 60_000)-0")
        #expect(try await client.send(RedisCommand("EXISTS", "rank")) == .integer(0))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a worker goes on when an entry of the future has been taken out`() async throws {
        let redis = try await TestRedis()
        let client = redis.client()
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "50"])
        try await sandbox.prints("export COINBASE_URL=")
        let line = try #require(sandbox.text.split(separator: "\n").first { $0.hasPrefix("export COINBASE_URL=") })
        let future = (Int64(Date().timeIntervalSince1970) / 60 + 1440) * 60_000
        _ = try await client.send(RedisCommand("XADD", "btc_rate", "\(future)-0", "source", "btc_rate", "rows", "[]"))
        let metrics = try FreePort.next()
        let worker = try Cointape(
            ["run", "config/btc_rate.json"],
            environment: [
                "REDIS_URL": redis.url, "COINBASE_URL": String(line.dropFirst("export COINBASE_URL=".count)),
                "METRICS_PORT": "\(metrics)",
            ])
        try await worker.prints("stream.ahead")
        _ = try await client.send(RedisCommand("XDEL", "btc_rate", "\(future)-0"))
        _ = try await client.send(RedisCommand("XSETID", "btc_rate", "0-1"))
        try await worker.prints("stream.mended")
        try await worker.prints("minute.fetched", within: .seconds(90))
        #expect(worker.text.matches(of: /stream\.ahead/).count == 1)
        // A worker that serves nothing else has its metrics on a port of their own.
        try await eventually("the data's age is known") {
            try await shell("curl -sS localhost:\(metrics)/metrics").contains(
                "cointape_data_age_seconds{stream=\"btc_rate\"}")
        }
        #expect(try await shell("curl -sS localhost:\(metrics)/healthz") == "alive\n")
        #expect(try await shell("curl -sS localhost:\(metrics)/x").contains("/metrics"))
        worker.signal(SIGTERM)
        #expect(try await worker.exit() == 0)
    }

    @Test(.timeLimit(.minutes(5))) func `apis share a port, and one that is killed is not missed`() async throws {
        let redis = try await TestRedis()
        let folder = try TestFolder()
        let port = try FreePort.next()
        let text = #"""
            {"worker": "api", "name": "api", "redis": {"url": "\#(redis.url)"},
             "listen": [{"port": \#(port), "reuse_port": true}]}
            """#
        try text.write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        let apis = try (0..<3).map { _ in try Cointape(["run", "\(folder.path)/api.json"]) }
        for api in apis { try await api.prints("api.listening") }
        func answers() async throws -> String {
            try await shell("for i in $(seq 30); do curl -sS localhost:\(port)/metrics | grep ^process_start; done")
        }
        #expect(try await answers().split(separator: "\n").count == 30)
        apis[0].signal(SIGKILL)
        #expect(try await apis[0].exit() == -SIGKILL)
        #expect(try await answers().split(separator: "\n").count == 30)
        // Without asking for it a port is nobody else's.
        try text.replacing(#", "reuse_port": true"#, with: "")
            .write(toFile: "\(folder.path)/alone.json", atomically: true, encoding: .utf8)
        let alone = try await Cointape.run(["run", "\(folder.path)/alone.json"])
        #expect(alone.code == 1 && alone.text.contains("the port is in use"), "\(alone.text)")
        for api in apis.dropFirst() {
            api.signal(SIGTERM)
            #expect(try await api.exit() == 0)
        }
    }

    #if os(Linux)
        @Test(.timeLimit(.minutes(5))) func `a signal ends a worker in good order from when the system hands it over`()
            async throws
        {
            for _ in 0..<20 {
                let api = try Cointape(
                    ["run", "config/api.json"],
                    environment: ["REDIS_URL": "redis://127.0.0.1:1", "PORT": "\(try FreePort.next())"])
                // Long before it listens.
                try await eventually(every: .microseconds(100), "SIGTERM is trapped") {
                    try traps(SIGTERM, api.identifier)
                }
                api.signal(SIGTERM)
                #expect(try await api.exit() == 0)
            }
        }

        /// Whether a process has a handler for the signal: proc(5), `SigCgt`.
        private func traps(_ signal: Int32, _ process: Int32) throws -> Bool {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") })
            let caught = try #require(UInt64(line.dropFirst(7).trimmingCharacters(in: .whitespaces), radix: 16))
            return caught >> (signal - 1) & 1 == 1
        }
    #endif

    @Test(.timeLimit(.minutes(5))) func `a second signal does not wait for what the first one does`() async throws {
        let redis = try await TestRedis()
        let port = try FreePort.next()
        let api = try Cointape(["run", "config/api.json"], environment: ["REDIS_URL": redis.url, "PORT": "\(port)"])
        try await api.prints("api.listening")
        // A request that is being sent keeps the api from ending.
        let slow = try await RawConnection(port: port)
        slow.send("PUT /buy_order HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
        try await eventually("the api has begun to end") {
            api.signal(0)
            _ = try await RawAnswer.of(port, "/healthz")
            return true
        }
        api.signal(SIGTERM)
        try await eventually("it takes no more connections") { (try? await RawConnection(port: port)) == nil }
        #expect(api.isRunning)
        let start = ContinuousClock.now
        api.signal(SIGTERM)
        #expect(try await api.exit() == 143)
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}
