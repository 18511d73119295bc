import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

/// `record` keeps what providers say, and `sandbox --replay` says it again.
@Suite(.tags(.clock), .timeLimit(.minutes(5))) struct RecordingTests {
    /// A sandbox that plays a recording, and the variables that send workers there.
    private func replay(_ folder: String, _ options: String...) async throws -> (Cointape, [String: String]) {
        let sandbox = try Cointape(["sandbox", "--port", "0", "--replay", folder] + options)
        try await sandbox.prints("export PLAYED")
        return (sandbox, Self.exports(of: sandbox))
    }

    private static func exports(of sandbox: Cointape) -> [String: String] {
        var environment: [String: String] = [:]
        for line in sandbox.text.split(separator: "\n") where line.hasPrefix("export ") {
            let sides = line.dropFirst(7).split(separator: "=", maxSplits: 1).map(String.init)
            environment[sides[0]] = sides[1]
        }
        return environment
    }

    private func config(_ folder: TestFolder, _ request: String, _ more: String = "") throws -> String {
        let path = "\(folder.path)/feed.json"
        try """
        {"worker": "fetch", "name": "feed", "redis": {"url": "${REDIS_URL:-redis://127.0.0.1:1}"},
        "schedule": {}, "logging": {"level": "critical"},
        "needs": ["PLAYED_KEY"], "request": {"url": "${PLAYED_URL:-https://api.example.com}/list", "retries": 0, \(request)},
        "filter": ".rows[]"\(more), "publish": {"stream": "feed"}}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// The rows of a dry run.
    private func rows(_ config: String, _ environment: [String: String]) async throws -> [String] {
        let result = try await Cointape.run(["fetch", "--dry-run", config], environment: environment)
        #expect(result.code == 0, "\(result.text)")
        return result.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("{") }
    }

    private static func answer(_ status: Int, _ body: String, _ headers: [String] = []) -> [StubServer.Step] {
        let head = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
        return [.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))]
    }

    @Test func `the shipped feeds are recorded and played again to the digit`() async throws {
        let folder = try TestFolder()
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "600"])
        try await sandbox.prints("export CRYPTOCOMPARE_URL=")
        let environment = Self.exports(of: sandbox)
        let feeds = ["price", "rank", "btc_rate"].map { "config/\($0).json" }
        let recorded = try await Cointape.run(["record", folder.path] + feeds, environment: environment)
        #expect(recorded.code == 0, "\(recorded.text)")
        #expect(!folder.contents.values.contains { String(decoding: $0, as: UTF8.self).contains("sandbox-key") })
        sandbox.signal(SIGTERM)
        #expect(try await sandbox.exit() == 0)

        let player = try Cointape(["sandbox", "--port", "0", "--replay", folder.path])
        try await player.prints("export COINTAPE_CLOCK=")
        let moved = Self.exports(of: player)
        for feed in feeds {
            // Each answer is in the folder, so the rows are those that were recorded.
            let first = try await rows(feed, moved)
            #expect(!first.isEmpty)
            #expect(try await rows(feed, moved) == first)
        }
        #expect(moved.keys.contains("COINBASE_URL") && !moved.keys.contains("COINMARKETCAP_API_KEY"))
    }

    /// What differs between calls, and what a provider tells: times, tokens, keys, and the addresses of next pages.
    @Test func `tokens, times and next pages are played again, and no secret is in the folder`() async throws {
        let port = Mutex(0)
        let server = try await StubServer { request in
            let base = "http:\\/\\/127.0.0.1:\(port.withLock(\.self))"
            if request.path.hasPrefix("/list/login") { return Self.answer(200, #"{"token":"canary-token"}"#) }
            let isFirst = !request.path.contains("page=2")
            let next = isFirst ? "\(base)\\/list?page=2\\u0026key=canary-key" : ""
            return Self.answer(
                200, #"{"rows":[{"a":\#(isFirst ? 1 : 2),"said":"canary-key canary-token"}],"next":"\#(next)"}"#,
                ["Content-Type: application/json", "Set-Cookie: s=canary-session"])
        }
        port.withLock { $0 = server.port }
        let folder = try TestFolder()
        let config = try config(
            folder,
            """
            "query": {"key": "${PLAYED_KEY:-}", "at": "${now:unix_ms}", "token": "${token}"},
            "token": {"url": "${PLAYED_URL:-https://api.example.com}/list/login", "json": {"key": "${PLAYED_KEY:-}", "at": "${now}"}, "filter": ".token"},
            "pages": {"next": {"filter": ".next | select(. != \\"\\")"}, "max": 5}
            """)
        let recording = "\(folder.path)/recording"
        let recorded = try await Cointape.run(
            ["record", recording, config], environment: ["PLAYED_URL": server.url, "PLAYED_KEY": "canary-key"])
        #expect(recorded.code == 0 && recorded.text.contains("feed: 2 rows of 2 pages"), "\(recorded.text)")
        #expect(!folder.contents.values.contains { String(decoding: $0, as: UTF8.self).contains("canary") })

        let (sandbox, moved) = try await replay(recording)
        let calls = server.requests.count
        #expect(try await rows(config, moved) == [#"{"a":1,"said":"*** ***"}"#, #"{"a":2,"said":"*** ***"}"#])
        #expect(server.requests.count == calls)
        sandbox.signal(SIGTERM)
        #expect(try await sandbox.exit() == 0)
    }

    @Test func `several minutes are played at any speed, in the time in which they were recorded`() async throws {
        let count = Mutex(0)
        let server = try await StubServer { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            return Self.answer(200, #"{"rows":[{"number":\#(number)}]}"#)
        }
        let folder = try TestFolder()
        let config = try config(folder, #""query": {"day": "${today}"}"#)
        let recording = "\(folder.path)/recording"
        let origin = Int64(Date().timeIntervalSince1970 * 1000)
        let first = (origin - 86_400_000 * 30) / 60_000 * 60_000
        let recorded = try await Cointape.run(
            ["record", "--minutes", "3", recording, config],
            environment: [
                "PLAYED_URL": server.url, "PLAYED_KEY": "k", "COINTAPE_CLOCK": "\(first)@\(origin)x60",
            ])
        #expect(recorded.code == 0 && count.withLock(\.self) == 3, "\(recorded.text)")

        let redis = try await TestRedis()
        let (sandbox, moved) = try await replay(recording, "--speed", "60")
        let worker = try Cointape(["run", config], environment: moved.merging(["REDIS_URL": redis.url]) { $1 })
        let client = redis.client()
        var rows: [String] = []
        try await eventually("five minutes are played; so far \(rows)") {
            let entries = try await client.send(RedisCommand("XRANGE", "feed", "-", "+")).array ?? []
            rows = entries.compactMap { entry in
                let fields = entry.array?[1].array?.map { $0.text ?? "" } ?? []
                return fields.first { $0.hasPrefix("[{") }
            }
            return rows.count >= 5
        }
        worker.signal(SIGTERM)
        #expect(try await worker.exit() == 0)
        sandbox.signal(SIGTERM)
        #expect(try await sandbox.exit() == 0)
        // The third one is followed by the first. The worker may have begun later than the recording.
        let numbers = rows.compactMap { $0.firstMatch(of: /[0-9]/).flatMap { Int($0.output) } }
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 % 3 + 1 }, "\(rows)")
        #expect(count.withLock(\.self) == 3)
    }

    @Test func `refusals and lost connections are recorded and played, in their order`() async throws {
        let count = Mutex(0)
        let server = try await StubServer { _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            switch number {
            case 1: return Self.answer(429, #"{"message":"slow down"}"#, ["Retry-After: 0", "Connection: close"])
            case 2: return [.close]
            default: return Self.answer(200, #"{"rows":[{"a":1}]}"#)
            }
        }
        let folder = try TestFolder()
        let config = try config(folder, #""query": {"top": 1}"#)
        try String(contentsOfFile: config, encoding: .utf8).replacing(#""retries": 0"#, with: #""retries": 3"#)
            .write(toFile: config, atomically: true, encoding: .utf8)
        let recording = "\(folder.path)/recording"
        let environment = ["PLAYED_URL": server.url, "PLAYED_KEY": "k"]
        let recorded = try await Cointape.run(["record", recording, config], environment: environment)
        #expect(recorded.code == 0, "\(recorded.text)")
        let (sandbox, moved) = try await replay(recording)
        let url = try #require(moved["PLAYED_URL"])
        var answers: [String] = []
        for _ in 0..<4 {
            answers.append(try await shell("curl -s -o /dev/null -w '%{http_code}/%{exitcode}' '\(url)/list?top=1'"))
        }
        // curl's 18: the response ended early.
        #expect(answers == ["429/0", "200/18", "200/0", "200/0"])
        let unknown = try await shell("curl -s '\(url)/list?top=2'")
        #expect(unknown.contains("The recording has no call GET /list?top=2"), "\(unknown)")
        #expect(unknown.contains("GET /list?top=1"))
        sandbox.signal(SIGTERM)
        #expect(try await sandbox.exit() == 0)
    }

    @Test func `a recording without calls, and options that cannot stand together, are refused`() async throws {
        for (arguments, message) in [
            (["sandbox", "--replay", "/nowhere"], "`cointape record /nowhere` makes it"),
            (["sandbox", "--replay", "x", "--fault", "cut=1"], "a recording has the faults that were recorded"),
            (["sandbox", "--speed", "2"], "--speed needs --replay"),
            (["record", "x", "config/api.json"], "no config of a fetch worker is among these"),
            (["record", "/proc/none", "config/btc_rate.json"], "cannot be made"),
            (["record", "x", "--minutes", "0"], "--minutes should be from 1"),
        ] {
            let result = try await Cointape.run(arguments, environment: [:])
            #expect(result.code != 0 && result.text.contains(message), "\(arguments): \(result.text)")
        }
    }
}
