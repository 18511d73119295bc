import Foundation
import Redis
import Synchronization
import TestSupport
import Testing

/// Whole workers that share a provider's plan, and are killed: no provider ever counts more than the plan.
@Suite(.tags(.clock), .timeLimit(.minutes(4))) struct BudgetTests {
    private static let speed: Int64 = 60

    @Test func `five replicas that are killed and started again never spend more than the plan`() async throws {
        let (redis, folder) = (try await TestRedis(), try Folder())
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
        for replica in replicas { #expect(try await replica.exit() == 0) }

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
}
