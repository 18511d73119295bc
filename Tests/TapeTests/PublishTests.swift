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

    @Test func `what the data is stands behind the source, and the two kinds are never mixed`() async throws {
        let fixture = try await Fixture()
        let minutes = (1...4).reversed().map(fixture.minute)
        func publish(_ minute: Int, _ kind: DataKind, source: String = "price") async throws -> Publisher.Outcome {
            try await fixture.publisher(source: source, kind: kind).publish(
                fixture.rows("[{}]", minutes[minute]), for: minutes[minute])
        }
        #expect(try await publish(0, .sandbox) == .ok)
        let entry = try #require(try await fixture.reader.entry(at: minutes[0]))
        #expect(entry.text("source") == "price" && DataKind(of: entry) == .sandbox)
        #expect(try await publish(1, .real) == .foreign)
        #expect(try await publish(1, .sandbox, source: "other") == .foreign)
        // A gap that a merge worker publishes is in the name, and of the kind, of the stream.
        let gap = EntryDraft.gap(Gap(.noEntry, "x"), minute: minutes[1])
        #expect(try await fixture.publisher(source: "").publish(gap, for: minutes[1]) == .ok)
        let closed = try #require(try await fixture.reader.entry(at: minutes[1]))
        #expect(closed.text("source") == "price" && DataKind(of: closed) == .sandbox)
        #expect(try await publish(2, .sandbox) == .ok)
    }

    @Test(arguments: [("price", DataKind.real), ("sandbox", .sandbox)])
    func `a stream of an earlier build, which told the sandbox by the source, goes on with its own kind`(
        source: String, kind: DataKind
    ) async throws {
        let fixture = try await Fixture()
        let (old, gap, next) = (fixture.minute(3), fixture.minute(2), fixture.minute(1))
        _ = try await fixture.client.send(
            RedisCommand("XADD", "price", "\(StreamID(old))", "source", source, "minute", "\(old)", "rows", "[{}]"))
        #expect(DataKind(of: try #require(try await fixture.reader.entry(at: old))) == kind)
        #expect(
            try await fixture.publisher(kind: kind.other).publish(fixture.rows("[{}]", next), for: next) == .foreign)
        let draft = EntryDraft.gap(Gap(.noEntry, "x"), minute: gap)
        #expect(try await fixture.publisher(source: "").publish(draft, for: gap) == .ok)
        #expect(DataKind(of: try #require(try await fixture.reader.entry(at: gap))) == kind)
        #expect(try await fixture.publisher(kind: kind).publish(fixture.rows("[{}]", next), for: next) == .ok)
        #expect(DataKind(of: try #require(try await fixture.reader.entry(at: next))) == kind)
    }

    @Test func `a kind that is none is not taken for one`() {
        let entry = TapeEntry(
            id: StreamID(milliseconds: 60_000, sequence: 0),
            fields: ["source": Array("sandbox".utf8), "kind": Array("fake".utf8)])
        #expect(DataKind(of: entry) == nil)
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
