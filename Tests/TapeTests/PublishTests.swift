import Basics
import Digests
import Foundation
import Redis
import TestSupport
import Testing

@testable import Tape

/// `publish.lua`, answer by answer.
@Suite struct PublishTests {
    @Test func `publishes under the minute's id with the source first`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(3)
        #expect(try await fixture.publisher().publish(fixture.rows("[{}]", minute), for: minute) == .ok)
        let reply = try await fixture.client.send(RedisCommand("XRANGE", "price", "-", "+"))
        let entry = try #require(reply.array?.first?.array)
        #expect(entry[0].text == "\(minute.milliseconds)-0")
        let fields = try #require(entry[1].array).compactMap(\.text)
        #expect(Array(fields.prefix(4)) == ["source", "price", "minute", "\(minute)"])
        #expect(fields.contains(Digest.sha256(Array("[{}]".utf8))))
    }

    @Test func `answers duplicate, late, foreign and future without writing`() async throws {
        let fixture = try await Fixture()
        let (old, minute) = (fixture.minute(4), fixture.minute(2))
        let publisher = fixture.publisher()
        #expect(try await publisher.publish(fixture.rows("[1]", minute), for: minute) == .ok)
        #expect(try await publisher.publish(fixture.rows("[2]", minute), for: minute) == .duplicate)
        #expect(try await publisher.publish(fixture.rows("[3]", old), for: old) == .late)
        let next = fixture.minute(1)
        #expect(try await fixture.publisher(source: "other").publish(fixture.rows("[4]", next), for: next) == .foreign)
        let future = fixture.minute(-3)
        #expect(try await publisher.publish(fixture.rows("[5]", future), for: future) == .future)
        let entries = try await fixture.reader.oldest(10, from: StreamID(milliseconds: 0, sequence: 0))
        #expect(entries.map { $0.rows } == [Array("[1]".utf8)])
    }

    @Test func `one of many racing replicas publishes`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(2)
        let outcomes = try await withThrowingTaskGroup(of: Publisher.Outcome.self) { group in
            for number in 0..<50 {
                let publisher = fixture.publisher()
                group.addTask { try await publisher.publish(fixture.rows("[\(number)]", minute), for: minute) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == .ok } == 1)
        #expect(outcomes.count { $0 == .duplicate } == 49)
    }

    @Test func `a minute whose entry was deleted stays closed`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(2)
        let publisher = fixture.publisher()
        _ = try await publisher.publish(fixture.rows("[]", minute), for: minute)
        _ = try await fixture.client.send(RedisCommand("XDEL", "price", "\(StreamID(minute))"))
        #expect(try await publisher.publish(fixture.rows("[]", minute), for: minute) == .late)
    }

    @Test func `trims by age, exactly`() async throws {
        let fixture = try await Fixture()
        let publisher = fixture.publisher(retain: .seconds(180))
        for ago in (1...10).reversed() {
            _ = try await publisher.publish(fixture.rows("[]", fixture.minute(ago)), for: fixture.minute(ago))
        }
        let oldest = try await fixture.reader.oldest()
        #expect(oldest?.minute == fixture.minute(4))
    }

    @Test func `an entry without a source of its own takes the stream's, and makes nobody foreign`() async throws {
        let fixture = try await Fixture()
        let (first, second, third) = (fixture.minute(5), fixture.minute(4), fixture.minute(3))
        let stand = fixture.publisher(source: "", retain: nil)
        let gap = Gap(.noEntry, "none")
        #expect(try await stand.publish(.gap(gap, minute: first), for: first) == .ok)
        #expect(try await fixture.publisher().publish(fixture.rows("[]", second), for: second) == .ok)
        #expect(try await stand.publish(.gap(gap, minute: third), for: third) == .ok)
        #expect(try await fixture.reader.entry(at: third)?.text("source") == "price")
        #expect(try await fixture.reader.entry(at: third)?.gap == gap)
    }

    @Test(arguments: ["nan", "1e3", "-1", "", "1 ", "0x10", "12345678901234567890"])
    func `refuses minutes that are not plain digits`(text: String) async throws {
        let fixture = try await Fixture()
        let script = RedisScript(name: "publish", source: PackageResources.publish_lua)
        await #expect(throws: RedisError.self) {
            try await fixture.client.evaluate(script, keys: ["price"], arguments: [text, "price", "0", "a", "b"])
        }
        #expect(try await fixture.client.send(RedisCommand("EXISTS", "price")) == .integer(0))
    }

    @Test func `sets the clock by Redis' time`() async throws {
        let fixture = try await Fixture()
        let minute = fixture.minute(1)
        _ = try await fixture.publisher().publish(fixture.rows("[]", minute), for: minute)
        #expect(abs(fixture.clock.offset.milliseconds) < 1000)
    }
}
