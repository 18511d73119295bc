import Archive
import Basics
import Blocks
import Digests
import Foundation
import Redis
import Tape
import TestSupport
import Testing

@testable import Serving

/// What an api tells of many minutes, from blocks in a folder and lists in a real Redis.
@Suite struct HistoryRouteTests {
    private let redis: TestRedis
    private let folder = FileManager.default.temporaryDirectory.path + "/history-\(UUID().uuidString)"
    private let now = Minute(containing: Timestamp.machineTime)
    /// The last whole hour but one: it is archived, and the one behind it is not.
    private let hour: Minute

    init() async throws {
        redis = try await TestRedis()
        hour = now.floored(to: .seconds(3600)).advanced(byMinutes: -120)
    }

    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Stores the block of the hour: lists with so many rows, but a gap in minute 1 and nothing in minute 2.
    private func archive(rows: Int = 5) async throws {
        var minutes: [BlockMinute] = (0..<60).map { offset in
            let (text, entry) = TestAPI.stored(hour.advanced(byMinutes: offset), rows: rows)
            return .list(
                BlockList(csv: text, columns: entry.fields["columns"] ?? [], count: rows, fields: []))
        }
        minutes[1] = .gap(code: "upstream", detail: "no answer")
        minutes[2] = .missing
        let bytes = BlockContents(first: hour, minutes, key: "CMC ID").bytes
        let isNew = try await FolderStore(folder: folder).create(BlockName.hour(hour).file, bytes)
        #expect(isNew)
    }

    /// What was sent in chunks.
    static func body(of answer: RawAnswer) throws -> String {
        var (rest, body): (Substring, String) = (answer.text[...], "")
        while let end = rest.firstRange(of: "\r\n") {
            let size = try #require(Int(rest[..<end.lowerBound], radix: 16))
            let chunk = rest[end.upperBound...].utf8.prefix(size)
            body += try #require(String(chunk))
            rest = Substring(rest[end.upperBound...].utf8.dropFirst(size + 2))
            if size == 0 { return body }
        }
        throw BodyEndsEarly()
    }

    private struct BodyEndsEarly: Error {}

    private func price(_ minute: Minute) -> String { "\(minute.milliseconds / 60_000 % 1000)" }

    @Test func `a coin's history goes from blocks over into what Redis has`() async throws {
        defer { remove() }
        try await archive()
        let api = try await TestAPI(margin: "1h", redis: redis, archive: folder)
        let next = hour.advanced(byMinutes: 60)
        for offset in 0..<3 { try await api.publish(next.advanced(byMinutes: offset), rows: 3) }
        let target = "/coins/3/prices?from=\(hour)&to=\(next.advanced(byMinutes: 5))&format=CSV"
        let lines = try await api.get(target).text.components(separatedBy: "\r\n")
        #expect(lines[0] == "Minute,Rank,Price USD,Gap")
        #expect(lines[1] == "\(hour),3,3.\(price(hour)),")
        #expect(lines[2] == "\(hour.advanced(byMinutes: 1)),,,upstream")
        #expect(lines[3] == "\(hour.advanced(byMinutes: 2)),,,missing")
        #expect(lines[63] == "\(next.advanced(byMinutes: 2)),3,3.\(price(next.advanced(byMinutes: 2))),")
        // What is not settled yet is no row.
        #expect(lines.count == 65 && lines[64] == "")
        let fifth = try await api.get("/coins/5/prices?from=\(next)&step=1h&format=NDJSON").text
        #expect(fifth == #"{"Minute":"\#(next)","Gap":"not-listed"}"# + "\n")
        let bars = try await api.get("/coins/1/prices?from=\(hour)&to=\(next)&step=1h&agg=ohlc&format=CSV").text
        #expect(bars.hasPrefix("Minute,Open,High,Low,Close,Rank,Gap\r\n\(hour),1.\(price(hour)),"))
        for (coin, status) in [("6", 404), ("x", 404), ("01", 404), ("-1", 404), ("99999999999999999999", 404)] {
            let answer = try await api.get("/coins/\(coin)/prices")
            #expect(answer.status == status && answer.text.contains("no-coin"), "\(coin)")
        }
    }

    @Test func `a symbol finds each coin that bore it, with its first and its last minute`() async throws {
        defer { remove() }
        try await archive()
        let api = try await TestAPI(margin: "1h", redis: redis, archive: folder)
        let next = hour.advanced(byMinutes: 60)
        let (text, entry) = TestAPI.stored(next, rows: 4)
        let changed = Array(String(decoding: text, as: UTF8.self).replacingOccurrences(of: "SYM2,", with: "SYM4,").utf8)
        var fields = entry.fields
        fields["sha256"] = Array(Digest.sha256(changed).utf8)
        let client = redis.client()
        _ = try await client.send(RedisCommand("SET", "toplist:\(next)", changed))
        _ = try await client.send(
            RedisCommand(
                "XADD",
                arguments: ["toplist", "\(entry.id)"] + fields.flatMap { [$0.key as any RedisArgument, $0.value] }))
        let answer = try await api.get("/coins?symbol=sym4")
        let expected =
            #"[{"CMC ID":2,"Symbol":"SYM4","First":"\#(next)","Last":"\#(next)"},"#
            + #"{"CMC ID":4,"Symbol":"SYM4","First":"\#(hour)","Last":"\#(next)"}]"# + "\n"
        #expect(answer.text == expected)
        #expect(try await api.get("/coins?symbol=none").text == "[]\n")
        #expect(try await api.get("/coins").status == 422)
    }

    @Test func `lists of many minutes are those of GET, minute by minute and step by step`() async throws {
        defer { remove() }
        try await archive()
        let api = try await TestAPI(margin: "1h", redis: redis, archive: folder)
        let end = hour.advanced(byMinutes: 60)
        let every = try await api.get(
            "/lists?from=\(hour)&to=\(hour.advanced(byMinutes: 4))&step=1m&limit=2&format=CSV")
        let minutes = (0..<4).map { hour.advanced(byMinutes: $0) }
        let expected = [
            "Minute,Rank,Symbol,Price USD,Gap", "\(minutes[0]),1,SYM1,1.\(price(minutes[0])),",
            "\(minutes[0]),2,SYM2,2.\(price(minutes[0])),", "\(minutes[1]),,,,upstream", "\(minutes[2]),,,,missing",
            "\(minutes[3]),1,SYM1,1.\(price(minutes[3])),", "\(minutes[3]),2,SYM2,2.\(price(minutes[3])),", "",
        ]
        #expect(try Self.body(of: every) == expected.joined(separator: "\r\n"))
        let last = hour.advanced(byMinutes: 59)
        let step = try await api.get("/lists?from=\(hour)&to=\(end)&limit=1&format=NDJSON")
        #expect(
            try Self.body(of: step) == #"{"Minute":"\#(hour)","Rank":1,"Symbol":"SYM1","Price USD":1.\#(price(last))}"#
                + "\n")
        let none = try await api.get("/lists?from=2020-01-01&to=2020-01-02&format=CSV")
        #expect(try Self.body(of: none) == "Minute,Rank,Symbol,Price USD,Gap\r\n")
    }

    @Test func `an archived list comes with the bytes and the tag that it had before`() async throws {
        defer { remove() }
        let api = try await TestAPI(margin: "1h", cached: 0, redis: redis, archive: folder)
        let minute = hour.advanced(byMinutes: 7)
        try await api.publish(minute, rows: 5)
        try await api.publish(now.advanced(byMinutes: -1))
        let targets = ["JSON", "CSV", "NDJSON"].flatMap {
            ["/?datetime=\(minute)&limit=3&format=\($0)", "/?datetime=\(minute)&format=\($0)"]
        }
        var before: [RawAnswer] = []
        for target in targets { before.append(try await api.get(target)) }
        try await archive()
        let client = redis.client()
        _ = try await client.send(RedisCommand("DEL", "toplist", "toplist:\(minute)"))
        // A store that had nothing of the hour is looked at again after a while: by another api, at once.
        let other = try await TestAPI(margin: "1h", cached: 0, redis: redis, archive: folder)
        for (target, old) in zip(targets, before) {
            let answer = try await other.get(target)
            #expect(answer.status == 200 && answer.text == old.text && answer["etag"] == old["etag"], "\(target)")
        }
        #expect(try await other.get("/?datetime=\(hour.advanced(byMinutes: 1))").text.contains("upstream"))
        #expect(try await other.get("/?datetime=\(hour.advanced(byMinutes: 2))").status == 404)
    }

    @Test func `blocks are listed, and come whole and in parts`() async throws {
        defer { remove() }
        try await archive()
        let api = try await TestAPI(redis: redis, archive: folder)
        let name = BlockName.hour(hour)
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name.file)")))
        let overview = try await api.get("/history").text
        #expect(
            overview.hasPrefix(
                #"{"oldest":"\#(hour)","newest":"\#(hour.advanced(byMinutes: 59))","minutes":58,"gaps":1,"missing":1,"#)
        )
        // Without an entry the digest is known once the block was read.
        #expect(overview.contains(#""block":"\#(name)""#) && !overview.contains("sha256"))
        let whole = try await api.get("/history/\(name)")
        #expect(whole.status == 200 && whole.body == bytes && whole["etag"] == "\"\(Digest.sha256(bytes))\"")
        #expect(try await api.get("/history").text.contains(#""sha256":"\#(Digest.sha256(bytes))""#))
        let part = try await api.get("/history/\(name)", ["Range: bytes=10-19"])
        #expect(part.status == 206 && part.body == Array(bytes[10..<20]))
        #expect(part["content-range"] == "bytes 10-19/\(bytes.count)")
        let changed = try await api.get("/history/\(name)", ["Range: bytes=10-19", "If-Range: \"other\""])
        #expect(changed.status == 200 && changed.body == bytes)
        #expect(try await api.get("/history/\(name)", ["If-None-Match: \"\(Digest.sha256(bytes))\""]).status == 304)
        #expect(try await api.get("/history/\(name)", ["Range: bytes=\(bytes.count)-"]).status == 416)
        for wrong in ["2020-01-01.tape", "..%2F..%2Fetc", "2026-11-28T25.tape", "x"] {
            #expect(try await api.get("/history/\(wrong)").status == 404)
        }
    }

    @Test func `a damaged block is told and never served, and Redis stands in for it`() async throws {
        defer { remove() }
        try await archive()
        let path = "\(folder)/\(BlockName.hour(hour).file)"
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[bytes.count - 10] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let api = try await TestAPI(redis: redis, archive: folder)
        var rows: Set<Int> = []
        for coin in 1...5 {
            let answer = try await api.get("/coins/\(coin)/prices?from=\(hour)&to=\(hour.advanced(byMinutes: 60))")
            #expect(answer.status == 200)
            rows.insert(answer.text.components(separatedBy: "unreadable").count - 1)
        }
        // The last bytes are those of one coin.
        #expect(rows == [0, 60])
    }
}
