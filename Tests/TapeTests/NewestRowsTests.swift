import Basics
import Redis
import Testing

@testable import Tape

@Suite struct NewestRowsTests {
    @Test func `the newest entry with rows is told without its rows, over gaps`() async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.reader.newestRows() == nil)
        let publisher = fixture.publisher()
        let (first, second) = (fixture.minute(5), fixture.minute(4))
        let time = Timestamp(milliseconds: 1_795_251_660_250)
        let draft = EntryDraft.rows(
            Array("[]".utf8), count: 7, sha256: "abc", minute: first, fetchedAt: fixture.clock.now, asOf: time,
            marks: ["capped", "same"])
        _ = try await publisher.publish(draft, for: first)
        _ = try await publisher.publish(.gap(Gap(.upstream, "x"), minute: second), for: second)
        #expect(
            try await fixture.reader.newestRows()
                == PublishedRows(minute: first, count: 7, sha256: "abc", asOf: time))
        let entry = try await fixture.reader.entry(at: first)
        #expect(entry?.text("mark") == "capped same" && entry?.text("as_of") == "2026-11-21T09:01:00.250Z")
    }

    @Test func `entries of somebody else's making do no harm`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.client.send(RedisCommand("XADD", "price", "1-1", "rows", "[]", "count", "x"))
        #expect(
            try await fixture.reader.newestRows()
                == PublishedRows(
                    minute: Minute(containing: Timestamp(milliseconds: 1)), count: 0, sha256: "", asOf: nil))
        _ = try await fixture.client.send(RedisCommand("SET", "other", "x"))
        let other = StreamReader(key: "other", redis: fixture.client, clock: fixture.clock)
        await #expect(throws: RedisError.self) { try await other.newestRows() }
    }
}
