import Basics
import Config
import Digests
import Foundation
import Logging
import Redis
import Tape
import TestSupport
import Testing

@testable import Merging

/// The merge worker on a real Redis, minute by minute.
@Suite struct MergeWorkerTests {
    private struct Tape {
        let redis: TestRedis
        let client: RedisClient
        let clock = TapeClock()
        let config: MergeConfig

        init(_ more: String = "", grace: String = "1s") async throws {
            redis = try await TestRedis()
            client = redis.client()
            let text = """
                {"worker": "merge", "name": "toplist", "redis": {"url": "\(redis.url)"},
                 "sources": [{"name": "rank", "streams": ["rank"]}, {"name": "price", "streams": ["price"]}\(more)],
                 "key": {"member": "id"}, "grace": "\(grace)", "publish": {"stream": "toplist"},
                 "columns": [{"name": "Rank", "origin": "position", "type": "integer"},
                             {"name": "Price", "origin": "price.price", "type": "decimal", "required": true}]}
                """
            let context = ConfigContext(file: "test.json", environment: [:])
            let reader = try #require(context.reader(of: Array(text.utf8)))
            config = try #require(MergeConfig(reading: reader), "\(context.issues)")
        }

        let said = Said()

        var worker: MergeWorker {
            MergeWorker(
                config, identity: WorkerIdentity(name: "toplist", kind: "merge"), redis: client.separate(),
                clock: clock, logger: said.logger)
        }

        func minute(_ ago: Int) -> Minute {
            Minute(containing: Timestamp.machineTime).advanced(byMinutes: -ago)
        }

        func publish(_ stream: String, _ ago: Int, rows: String? = nil, gap: Gap? = nil) async throws {
            let minute = minute(ago)
            let draft: EntryDraft =
                gap.map { .gap($0, minute: minute) }
                ?? .rows(Array((rows ?? "[]").utf8), count: 1, minute: minute, fetchedAt: clock.now)
            let publisher = Publisher(key: stream, source: stream, retain: nil, redis: client, clock: clock)
            #expect(try await publisher.publish(draft, for: minute) == .ok)
        }

        func entry(_ stream: String, _ ago: Int) async throws -> TapeEntry? {
            try await StreamReader(key: stream, redis: client, clock: clock).entry(at: minute(ago))
        }
    }

    @Test func `a list that Redis has lost while it was away is made again within its minute`() async throws {
        let tape = try await Tape(grace: "10m")
        let minute = tape.minute(0)
        func publish() async throws {
            for (stream, row) in [("rank", #"[{"id":1}]"#), ("price", #"[{"id":1,"price":5}]"#)] {
                let publisher = Publisher(
                    key: stream, source: stream, retain: nil, redis: tape.client, clock: tape.clock)
                let draft = EntryDraft.rows(Array(row.utf8), count: 1, minute: minute, fetchedAt: tape.clock.now)
                try await eventually("\(stream) is published") {
                    (try? await publisher.publish(draft, for: minute)) == .ok
                }
            }
        }
        func isListed() async -> Bool {
            let reader = StreamReader(key: "toplist", redis: tape.client, clock: tape.clock)
            return (try? await reader.entry(at: minute)) != nil
        }
        try await publish()
        let worker = Task { try await tape.worker.run() }
        defer { worker.cancel() }
        try await eventually("there is a list") { await isListed() }
        try await tape.redis.kill()
        try await tape.redis.restart()
        try await publish()
        #expect(await !isListed())
        // It does not wait for the next minute, whose list could not stand before this one's.
        try await eventually(within: .seconds(20), "there is a list again") { await isListed() }
    }

    @Test func `a newest list whose string is gone is stored again, byte for byte, and that is told`() async throws {
        // The next minute, which has no sources, must not become the newest entry meanwhile.
        let tape = try await Tape(grace: "10m")
        try await tape.publish("rank", 0, rows: #"[{"id":1},{"id":2}]"#)
        try await tape.publish("price", 0, rows: #"[{"id":2,"price":5},{"id":1,"price":1}]"#)
        let minute = tape.minute(0)
        let worker = tape.worker
        #expect(try await worker.settleNext(notAfter: minute) != nil)
        let newest = try #require(
            try await StreamReader(key: "toplist", redis: tape.client, clock: tape.clock).newest(1).first)
        let key = newest.text("key") ?? ""
        let list = try await tape.client.send(RedisCommand("GET", key))
        _ = try await tape.client.send(RedisCommand("DEL", key))
        let running = Task { try await worker.run() }
        try await eventually("the list is there again") {
            try await tape.client.send(RedisCommand("GET", key)) == list
        }
        #expect(try await tape.client.send(RedisCommand("PTTL", key)).integer ?? 0 > 0)
        try await eventually("it is told") { tape.said.told.contains("list.gone") }

        // What it was made of is another: then it is not made up.
        _ = try await tape.client.send(RedisCommand("DEL", key, "price"))
        try await tape.publish("price", 0, rows: #"[{"id":2,"price":6},{"id":1,"price":1}]"#)
        try await eventually("that it is lost is told") { tape.said.told.count { $0 == "list.gone" } == 2 }
        #expect(try await tape.client.send(RedisCommand("EXISTS", key)) == .integer(0))
        running.cancel()
        _ = try? await running.value
    }

    @Test func `joins minute by minute from the main source's oldest entry on`() async throws {
        let tape = try await Tape()
        for ago in [4, 3] {
            try await tape.publish("rank", ago, rows: #"[{"id":1},{"id":2}]"#)
            try await tape.publish("price", ago, rows: #"[{"id":2,"price":5},{"id":1,"price":1.2e-9}]"#)
        }
        let limit = tape.minute(3)
        #expect(try await tape.worker.settleNext(notAfter: limit) == tape.minute(4))
        #expect(try await tape.worker.settleNext(notAfter: limit) == tape.minute(3))
        #expect(try await tape.worker.settleNext(notAfter: limit) == nil)
        let key = "toplist:\(tape.minute(4))"
        #expect(try await tape.client.send(RedisCommand("GET", key)).text == "Rank,Price\r\n1,0.0000000012\r\n2,5\r\n")
        let entry = try #require(try await tape.entry("toplist", 4))
        #expect(entry.text("matched") == "2")
        #expect(entry.text("key") == key)
        #expect(try await tape.client.send(RedisCommand("PTTL", key)).integer ?? 0 > 6 * 86_400_000)
    }

    @Test func `a gap takes the rows of the minute before, within the margin only`() async throws {
        let tape = try await Tape()
        try await tape.publish("rank", 5, rows: #"[{"id":1}]"#)
        try await tape.publish("price", 5, rows: #"[{"id":1,"price":5}]"#)
        for ago in [4, 3] {
            try await tape.publish("rank", ago, rows: #"[{"id":1}]"#)
            try await tape.publish("price", ago, gap: Gap(.upstream, "HTTP 500"))
        }
        let worker = tape.worker
        for _ in 0..<3 { _ = try await worker.settleNext(notAfter: tape.minute(3)) }
        #expect(try await tape.entry("toplist", 4)?.text("price_minute") == "\(tape.minute(5))")
        #expect(try await tape.entry("toplist", 4)?.text("count") == "1")
        #expect(try await tape.entry("toplist", 3)?.gap == Gap(code: "upstream", detail: "price: HTTP 500"))
    }

    @Test func `a source that says nothing is closed after the grace, for everybody`() async throws {
        let tape = try await Tape()
        try await tape.publish("rank", 2, rows: #"[{"id":1}]"#)
        _ = try await tape.worker.settleNext(notAfter: tape.minute(2))
        #expect(try await tape.entry("price", 2)?.gap?.code == "no-entry")
        #expect(try await tape.entry("toplist", 2)?.gap?.code == "no-entry")
        // The feed itself comes too late now.
        let publisher = Publisher(key: "price", source: "price", retain: nil, redis: tape.client, clock: tape.clock)
        let late = EntryDraft.rows([], count: 0, minute: tape.minute(2), fetchedAt: tape.clock.now)
        #expect(try await publisher.publish(late, for: tape.minute(2)) == .duplicate)
    }

    @Test func `a list is made without an optional source that has nothing`() async throws {
        let tape = try await Tape(#", {"name": "mood", "streams": ["mood"], "optional": true}"#)
        try await tape.publish("rank", 2, rows: #"[{"id":1}]"#)
        try await tape.publish("price", 2, rows: #"[{"id":1,"price":5}]"#)
        _ = try await tape.worker.settleNext(notAfter: tape.minute(2))
        #expect(try await tape.entry("toplist", 2)?.text("count") == "1")
        #expect(try await tape.entry("toplist", 2)?.text("mood_minute") == "")
    }

    @Test func `a wait that a shutdown cuts short is no beginning of the minute`() async throws {
        let tape = try await Tape(grace: "600s")
        try await tape.publish("rank", 2, rows: #"[{"id":1}]"#)
        let key = "tries:toplist:\(tape.minute(2))"
        let minute = tape.minute(2)
        let task = Task { try await tape.worker.settleNext(notAfter: minute) }
        try await eventually("the minute is begun") {
            try await tape.client.send(RedisCommand("GET", key)).text?.hasPrefix("1 ") == true
        }
        task.cancel()
        _ = await task.result
        #expect(try await tape.client.send(RedisCommand("GET", key)).text == "0")
        #expect(try await tape.entry("toplist", 2) == nil)
    }

    @Test func `rows that cannot be read make the minute a gap, and the next one is joined`() async throws {
        let tape = try await Tape()
        for ago in [3, 2] { try await tape.publish("rank", ago, rows: #"[{"id":1}]"#) }
        try await tape.publish("price", 3, rows: #"[{"id":1,"price":5"#)
        try await tape.publish("price", 2, rows: #"[{"id":1,"price":5}]"#)
        let worker = tape.worker
        for _ in 0..<2 { _ = try await worker.settleNext(notAfter: tape.minute(2)) }
        #expect(try await tape.entry("toplist", 3)?.gap?.code == "bad-payload")
        #expect(try await tape.entry("toplist", 2)?.text("count") == "1")
    }

    @Test func `a list that a crash left without its entry keeps its bytes`() async throws {
        let tape = try await Tape()
        try await tape.publish("rank", 2, rows: #"[{"id":1}]"#)
        try await tape.publish("price", 2, rows: #"[{"id":1,"price":5}]"#)
        let left = "Rank,Price\r\n1,4\r\n2,3\r\n"
        _ = try await tape.client.send(RedisCommand("SET", "toplist:\(tape.minute(2))", left))
        _ = try await tape.worker.settleNext(notAfter: tape.minute(2))
        let entry = try #require(try await tape.entry("toplist", 2))
        #expect(entry.text("sha256") == Digest.sha256(Array(left.utf8)))
        #expect(entry.text("count") == "2")
    }
}
