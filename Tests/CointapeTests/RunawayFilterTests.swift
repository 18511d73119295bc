import Foundation
import Redis
import TestSupport
import Testing

#if os(Linux)
    /// Whole workers whose filters run away: the worker lives, its other feeds are served, and nothing is left behind.
    @Suite(.serialized, .timeLimit(.minutes(5)), .tags(.clock)) struct RunawayFilterTests {
        private static func config(_ name: String, _ filter: String, _ server: StubServer, more: String = "") -> String
        {
            """
            {"worker": "fetch", "name": "\(name)", "redis": {"url": "${REDIS_URL:-redis://127.0.0.1:1}"}, "schedule": {},
            "request": {"url": "\(server.url)/", "max_body": "1MB"\(more)}, "filter": "\(filter)",
            "publish": {"stream": "\(name)"}}
            """
        }

        private static func server() async throws -> StubServer {
            try await StubServer { _ in [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]".utf8))] }
        }

        /// Sixty times as fast as life: a minute's deadline is a second away.
        private static func fastClock(_ speed: Int = 30) -> [String: String] {
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            return ["COINTAPE_CLOCK": "\(now - 3_600_000)@\(now)x\(speed)"]
        }

        @Test(arguments: [
            ("[range(1e9)] | .[] | {id: .}", "", "bad-payload: the filter took more than 264 MB of memory"),
            ("def f: f; f", "", "bad-payload: the filter has not ended in time"),
            ("range(1e9) | {id: .}", "", "bad-payload: the filter made more than 1000000 rows"),
            (
                "{id: .[0]}",
                #", "pages": {"parameter": "page", "size": 1, "max": 1, "total": "[range(1e9)] | length"}"#,
                "bad-payload: the filter took more than 264 MB of memory"
            ),
        ])
        func `a dry run tells how the filter ran away`(filter: String, more: String, gap: String) async throws {
            let (folder, server) = (try TestFolder(), try await Self.server())
            try Self.config("mood", filter, server, more: more).write(
                toFile: "\(folder.path)/mood.json", atomically: true, encoding: .utf8)
            // In slow time where memory is what ends it.
            let result = try await Cointape.run(
                ["fetch", "--dry-run", "mood.json"], in: folder.path,
                environment: gap.contains("in time") ? Self.fastClock() : [:])
            #expect(result.code == 1)
            #expect(result.text.hasPrefix(gap), "\(result.text)")
            #expect(result.text.contains(#"the page begins "[1]""#))
            // The same page would do the same again.
            #expect(server.requests.count == 1)
        }

        @Test func `one feed whose filter runs away becomes gaps, and the others' minutes have rows`() async throws {
            let (folder, server, redis) = (try TestFolder(), try await Self.server(), try await TestRedis())
            let filters = [
                ("grows", "{id: (reduce range(40) as $i (tojson; . + .))}"), ("runs", "last(range(1e12)) | {id: .}"),
                ("good", "{id: .[0]}"),
            ]
            for (name, filter) in filters {
                try Self.config(name, filter, server).write(
                    toFile: "\(folder.path)/\(name).json", atomically: true, encoding: .utf8)
            }
            let worker = try Cointape(
                ["run"] + filters.map { "\($0.0).json" }, in: folder.path,
                // The good filter needs its time too beside two that take all of the processor.
                environment: Self.fastClock(10).merging(["REDIS_URL": redis.url]) { $1 })
            let client = redis.client()
            try await eventually(within: .seconds(60), "each has settled minutes: \(worker.text.suffix(2000))") {
                for (name, _) in filters {
                    guard try await client.send(RedisCommand("XLEN", name)).integer ?? 0 >= 3 else { return false }
                }
                return true
            }
            // On a busy machine the deadline may come before the bound of memory.
            for (name, words) in [
                ("grows", ["took more than", "has not ended in time"]), ("runs", ["has not ended in time"]),
                ("good", []),
            ] {
                let reply = try #require(try await client.send(RedisCommand("XRANGE", name, "-", "+")).array)
                let details = reply.compactMap { entry -> String? in
                    let texts = entry.array?[1].array?.compactMap(\.text) ?? []
                    return texts.firstIndex(of: "detail").map { texts[$0 + 1] }
                }
                #expect(details.count == (words.isEmpty ? 0 : reply.count), "\(details)")
                #expect(details.allSatisfy { detail in words.contains { detail.contains($0) } }, "\(details)")
            }
            #expect(try residentMegabytes(worker.identifier) < 150)
            worker.signal(SIGKILL)
            _ = try await worker.exit()
        }

        @Test func `a worker that is killed leaves no filter behind`() async throws {
            let (folder, server) = (try TestFolder(), try await Self.server())
            try Self.config("mood", "last(range(1e12)) | {id: .}", server).write(
                toFile: "\(folder.path)/mood.json", atomically: true, encoding: .utf8)
            for signal in [SIGKILL, SIGTERM, SIGINT] {
                let worker = try Cointape(["fetch", "--dry-run", "mood.json"], in: folder.path)
                try await eventually(within: .seconds(30), "a filter runs") { !children(of: worker.identifier).isEmpty }
                let filters = children(of: worker.identifier)
                worker.signal(signal)
                _ = try await worker.exit(within: .seconds(30))
                try await eventually(within: .seconds(10), "the filter has ended") { !filters.contains(where: isAlive) }
            }
        }

        private func residentMegabytes(_ process: Int32) throws -> Int {
            let text = try String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8)
            return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096 / 1_000_000
        }
    }

    /// The processes that a process has started and that are there.
    private func children(of parent: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { process in
            let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
            return fields.count > 1 && Int32(fields[1]) == parent
        }
    }
#endif
