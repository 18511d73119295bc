import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

/// Whole workers that share a provider's plan, and are killed: no provider ever counts more than the plan.
@Suite(.tags(.clock), .timeLimit(.minutes(4))) struct BudgetTests {
    private static let speed: Int64 = 60

    @Test func `five replicas that are killed and started again never spend more than the plan`() async throws {
        let (redis, folder) = (try await TestRedis(), try TestFolder())
        let origin = Int64(Date().timeIntervalSince1970 * 1000)
        let start = origin - 6 * 3_600_000
        // When each call came, in seconds of the tape.
        let calls = Mutex<[Int64]>([])
        let server = try await StubServer { request in
            let now = Int64(Date().timeIntervalSince1970 * 1000)
            calls.withLock { $0.append((start + (now - origin) * Self.speed) / 1000) }
            let page = request.path.hasSuffix("page=2") ? "2" : "1"
            let body = #"{"total":4,"rows":[{"id":\#(page)1},{"id":\#(page)2}]}"#
            return [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))]
        }
        let config = """
            {"worker": "fetch", "name": "paid", "redis": {"url": "${REDIS_URL}"}, "schedule": {},
             "request": {"url": "\(server.url)/list", "pages": {"parameter": "page", "size": 2, "total": ".total"}},
             "filter": ".rows[]", "budget": {"plan": 20, "period": "20m", "items": 4}, "publish": {"stream": "paid"}}
            """
        try config.write(toFile: "\(folder.path)/paid.json", atomically: true, encoding: .utf8)
        let environment = ["REDIS_URL": redis.url, "COINTAPE_CLOCK": "\(start)@\(origin)x\(Self.speed)"]
        func replica() throws -> Cointape {
            try Cointape(["run", "paid.json"], in: folder.path, environment: environment)
        }
        var replicas = try (0..<5).map { _ in try replica() }
        let client = redis.client()
        // An hour of the tape, in which every few minutes one of them dies.
        while Int64(Date().timeIntervalSince1970 * 1000) - origin < 60_000 {
            let victim = Int.random(in: replicas.indices)
            let end = ContinuousClock.now + .milliseconds(Int.random(in: 500...2500))
            try await eventually("the next one is to die") { ContinuousClock.now >= end }
            replicas[victim].signal(SIGKILL)
            _ = try await replicas[victim].exit()
            replicas[victim] = try replica()
        }
        let status = try await Cointape.run(["status", "paid.json"], in: folder.path, environment: environment)
        for replica in replicas { replica.signal(SIGTERM) }
        // One that was started a moment ago may not take signals yet.
        for replica in replicas { #expect([0, -SIGTERM].contains(try await replica.exit())) }

        let times = calls.withLock(\.self).sorted()
        let most = times.map { first in times.count { $0 >= first && $0 < first + 20 * 60 } }.max() ?? 0
        #expect(most <= 20, "\(most) calls in 20 minutes")
        #expect(most >= 16, "\(most) calls in 20 minutes: the plan is hardly used")
        #expect(times.count > 30, "\(times.count) calls in all: the plan does not come back")
        let entries = try await client.send(RedisCommand("XRANGE", "paid", "-", "+")).array ?? []
        let gaps = entries.compactMap { $0.array?[1].array?.map { $0.text ?? "" } }.filter { $0.contains("budget") }
        #expect(gaps.count > 10)
        #expect(
            gaps.first?.contains {
                $0.hasPrefix("not asked: ") && $0.contains("of 20 credits are spent, and 2 are needed")
            } == true)
        #expect(status.text.contains(/budget paid: \d+ of 20 credits are spent, \d+ are left/), "\(status.text)")
        #expect(status.text.contains("HGETALL 'budget:paid'"))
    }

    @Test func `a feed that is paced by its budget is joined every minute, and lists say which minute of it`()
        async throws
    {
        let (redis, folder) = (try await TestRedis(), try TestFolder())
        let origin = Int64(Date().timeIntervalSince1970 * 1000)
        let start = origin - 6 * 3_600_000
        let server = try await StubServer { _ in
            let body = #"[{"id":1,"price":5}]"#
            return [.send(Array("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8))]
        }
        let redisURL = #""redis": {"url": "${REDIS_URL}"}"#
        try """
        {"worker": "fetch", "name": "paid", \(redisURL), "schedule": {"every": "auto"},
         "request": {"url": "\(server.url)/list"}, "filter": ".[]", "budget": {"plan": 12, "period": "1h"},
         "publish": {"stream": "paid"}}
        """.write(toFile: "\(folder.path)/paid.json", atomically: true, encoding: .utf8)
        try """
        {"worker": "merge", "name": "list", \(redisURL), "key": {"member": "id"},
         "sources": [{"name": "paid", "streams": ["paid"], "every": "auto", "margin": "2m"}],
         "columns": [{"name": "Price", "origin": "paid.price", "type": "decimal", "required": true}],
         "publish": {"stream": "list"}}
        """.write(toFile: "\(folder.path)/list.json", atomically: true, encoding: .utf8)
        let environment = ["REDIS_URL": redis.url, "COINTAPE_CLOCK": "\(start)@\(origin)x\(Self.speed)"]
        let check = try await Cointape.run(
            ["check", "paid.json", "list.json"], in: folder.path, environment: environment)
        #expect(check.text.contains("paid.json: ok: fetches paid every auto, about 6m, into paid"), "\(check.text)")
        let workers = try ["paid", "paid", "list", "list"].map {
            try Cointape(["run", "\($0).json"], in: folder.path, environment: environment)
        }
        let client = redis.client()
        func fields(of stream: String) async throws -> [[String: String]] {
            let entries = try await client.send(RedisCommand("XRANGE", stream, "-", "+")).array ?? []
            return entries.map { entry in
                let flat = entry.array?[1].array?.map { $0.text ?? "" } ?? []
                return Dictionary(
                    stride(from: 0, to: flat.count - 1, by: 2).map { (flat[$0], flat[$0 + 1]) },
                    uniquingKeysWith: { $1 })
            }
        }
        try await eventually(within: .seconds(120), every: .milliseconds(500), "thirty lists") {
            try await fields(of: "list").count >= 30
        }
        for worker in workers { worker.signal(SIGTERM) }
        for worker in workers { #expect(try await worker.exit() == 0) }
        let (feeds, lists) = (try await fields(of: "paid"), try await fields(of: "list"))
        #expect(feeds.allSatisfy { $0["gap"] == nil && $0["next"] != nil }, "\(feeds)")
        // Twelve an hour are one in five minutes, and little less.
        #expect((4...8).contains(feeds.count), "\(feeds.count) fetches for \(lists.count) lists")
        // The last one may have been told to stop before it was published.
        #expect((feeds.count...feeds.count + 1).contains(server.requests.count))
        #expect(lists.allSatisfy { $0["gap"] == nil }, "\(lists)")
        let joined = Set(lists.compactMap { $0["paid_minute"] })
        #expect(joined.isSubset(of: Set(feeds.compactMap { $0["minute"] })) && joined.count >= 3)
    }
}
