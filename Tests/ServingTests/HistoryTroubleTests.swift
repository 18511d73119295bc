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

/// What an api tells of many minutes while joins lag, Redis is away, or a list is not as it should be.
@Suite struct HistoryTroubleTests {
    private let redis: TestRedis
    private let folder = FileManager.default.temporaryDirectory.path + "/trouble-\(UUID().uuidString)"
    /// The last whole hour but one.
    private let hour = Minute(containing: Timestamp.machineTime).floored(to: .seconds(3600)).advanced(byMinutes: -120)

    init() async throws {
        redis = try await TestRedis()
    }

    /// How many rows the answer has as NDJSON.
    private func rows(_ api: TestAPI, _ target: String) async throws -> Int {
        let answer = try await api.get(target + "&format=NDJSON")
        #expect(answer.status == 200, "\(target)")
        return try text(of: answer).split(separator: "\n").count
    }

    private func price(_ minute: Minute) -> String { "2.\(minute.milliseconds / 60_000 % 1000)" }

    private func text(of answer: RawAnswer) throws -> String {
        answer["transfer-encoding"] == "chunked" ? try HistoryRouteTests.body(of: answer) : answer.text
    }

    private func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// Stores the block of an hour: lists with three rows, but a gap in the last minute.
    private func archive(
        _ hour: Minute, change: (Int, String) -> String = { $1 }
    ) async throws {
        var minutes: [BlockMinute] = (0..<60).map { offset in
            let (text, entry) = TestAPI.stored(hour.advanced(byMinutes: offset), rows: 3)
            let changed = Array(change(offset, String(decoding: text, as: UTF8.self)).utf8)
            return .list(
                BlockList(csv: changed, columns: entry.fields["columns"] ?? [], count: 3, fields: []))
        }
        minutes[59] = .gap(code: "upstream", detail: "no answer")
        let bytes = BlockContents(first: hour, minutes, key: "CMC ID").bytes
        let isNew = try await FolderStore(folder: folder).create(BlockName.hour(hour).file, bytes)
        #expect(isNew)
    }

    @Test func `a minute without a list names the nearest ones of Redis and of the archive`() async throws {
        defer { remove() }
        let old = hour.advanced(byMinutes: -600)
        try await archive(old)
        let api = try await TestAPI(margin: "1h", cached: 0, redis: redis, archive: folder)
        try await api.publish(hour.advanced(byMinutes: 5))
        func near(_ minute: Minute) async throws -> [String?] {
            let body = try await api.get("/?datetime=\(minute)").body
            let problem = try #require(try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
            return ["before", "after", "kept_since"].map { problem[$0] as? String }
        }
        let (last, next) = (old.advanced(byMinutes: 58), hour.advanced(byMinutes: 5))
        #expect(try await near(hour) == ["\(last)", "\(next)", "\(old)"])
        #expect(try await near(old.advanced(byMinutes: 59)) == ["\(last)", "\(next)", "\(old)"])
        #expect(try await near(old.advanced(byMinutes: -1)) == [nil, "\(old)", "\(old)"])
        #expect(try await near(hour.advanced(byMinutes: 6)) == ["\(next)", nil, "\(old)"])
    }

    @Test func `minutes that are joined late are no gaps before they are settled`() async throws {
        defer { remove() }
        let api = try await TestAPI(margin: "1h", redis: redis, archive: folder)
        try await api.publish(hour, rows: 2)
        let target = "/coins/1/prices?from=\(hour)&to=\(hour.advanced(byMinutes: 60))&format=NDJSON"
        let answer = try await api.get(target)
        #expect(answer.text.split(separator: "\n").count == 1)
        // It will be another answer later.
        #expect(answer["cache-control"] == "public, no-cache")
        #expect(try await rows(api, "/lists?from=\(hour)&step=1m&limit=1") == 1)
    }

    @Test func `without Redis everything comes that is in blocks`() async throws {
        defer { remove() }
        try await archive(hour)
        let api = try await TestAPI(archive: folder)
        let range = "from=\(hour)&to=\(hour.advanced(byMinutes: 60))"
        #expect(try await rows(api, "/coins/2/prices?\(range)") == 60)
        #expect(try await rows(api, "/lists?\(range)&step=1h&limit=3") == 3)
        #expect(try await api.get("/history").text.contains("\(BlockName.hour(hour))"))
        #expect(try await api.get("/history/\(BlockName.hour(hour))").status == 200)
        // A range that goes on ends with the blocks, and is not kept by caches.
        let open = try await api.get("/coins/2/prices?from=\(hour)&to=\(hour.advanced(byMinutes: 90))&format=NDJSON")
        #expect(open.text.split(separator: "\n").count == 60 && open["cache-control"] == "public, no-cache")
        let coins = try await api.get("/coins?symbol=SYM2")
        #expect(coins.status == 503 && coins.text.contains("history-unavailable"))
    }

    /// Changes a byte of an hour's block.
    private func damage(_ hour: Minute, at place: (Int) -> Int) throws {
        let path = URL(fileURLWithPath: "\(folder)/\(BlockName.hour(hour).file)")
        var bytes = Array(try Data(contentsOf: path))
        bytes[place(bytes.count)] ^= 1
        try Data(bytes).write(to: path)
    }

    @Test func `a block that no store has whole costs its own minutes, and is told`() async throws {
        defer { remove() }
        let hours = (0..<3).map { hour.advanced(byMinutes: 60 * ($0 - 30)) }
        for hour in hours { try await archive(hour) }
        try damage(hours[1]) { $0 - 10 }
        let api = try await TestAPI(redis: redis, archive: folder)
        let range = "from=\(hours[0])&to=\(hours[2].advanced(byMinutes: 60))"
        func unreadable(_ target: String) async throws -> (rows: Int, of: Int) {
            let lines = try text(of: try await api.get(target + "&format=NDJSON")).split(separator: "\n")
            return (lines.count { $0.contains("unreadable") }, lines.count)
        }
        // The damaged bytes are those of one coin; all lists need them.
        let histories = try await [unreadable("/coins/1/prices?\(range)"), unreadable("/coins/3/prices?\(range)")]
        #expect(histories.map(\.of) == [180, 180] && histories.map(\.rows).sorted() == [0, 60])
        #expect(try await unreadable("/lists?\(range)&step=1m&limit=3") == (60, 2 * (59 * 3 + 1) + 60))
        #expect(try await unreadable("/lists?\(range)&step=1h&limit=1") == (1, 3))
        #expect(try await api.get("/?datetime=\(hours[1])").status == 503)
        #expect(try await api.get("/?datetime=\(hours[0])").status == 200)
        // Of one whose outline is damaged nothing is known.
        try damage(hours[2]) { _ in 70 }
        let other = try await TestAPI(redis: redis, archive: folder)
        let overview = try await other.get("/history")
        let parsed = try JSONSerialization.jsonObject(with: Data(overview.body)) as? [String: Any]
        let blocks = try #require(parsed?["blocks"] as? [[String: Any]])
        #expect(blocks.map { $0["damaged"] != nil } == [false, false, true])
        #expect((blocks[2]["damaged"] as? String)?.contains(folder) == true && parsed?["minutes"] as? Int == 118)
        let coins = try await other.get("/coins?symbol=SYM2")
        #expect(coins.status == 200 && coins.text.contains("\(hours[0])"))
        let history = try await other.get("/coins/2/prices?\(range)&format=NDJSON")
        #expect(history.status == 200 && history["cache-control"] == "public, no-cache")
    }

    @Test func `a damaged block is not handed out as a whole`() async throws {
        defer { remove() }
        try await archive(hour)
        let path = "\(folder)/\(BlockName.hour(hour).file)"
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        let client = redis.client()
        _ = try await client.send(
            RedisCommand(
                "XADD", "archive", "\(hour.milliseconds)-0", "place", BlockName.hour(hour).file, "bytes", bytes.count,
                "sha256", Digest.sha256(bytes), "minutes", 59, "gaps", 1, "missing", 0))
        let api = try await TestAPI(redis: redis, archive: folder)
        let whole = try await api.get("/history/\(BlockName.hour(hour))")
        #expect(whole.status == 200 && whole.body == bytes)
        try damage(hour) { $0 - 10 }
        let other = try await TestAPI(redis: redis, archive: folder)
        let damaged = try await other.get("/history/\(BlockName.hour(hour))")
        #expect(damaged["content-length"] == "\(bytes.count)" && damaged.body.count < bytes.count)
    }

    /// Stores the block of a day whose lists have three rows, rounded to nine digits.
    private func archiveRounded(_ day: Minute) async throws {
        let columns = Array(
            (#"[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},"#
                + #"{"name":"Price USD","type":"decimal"},{"name":"CMC ID","type":"integer"}]"#).utf8)
        let csv = Array("Rank,Symbol,Price USD,CMC ID\r\n1,BTC,102124.15516260578,1\r\n".utf8)
        let list = SignificantDigits(9).reduced(BlockList(csv: csv, columns: columns, count: 1, fields: []))
        let bytes = BlockContents(first: day, Array(repeating: .list(list), count: 1440), key: "CMC ID").bytes
        #expect(try await FolderStore(folder: folder).create(BlockName.day(day).file, bytes))
    }

    @Test func `every answer that is made of a rounded day tells of it, and no other`() async throws {
        defer { remove() }
        let day = BlockName.day(of: hour.advanced(byMinutes: -40 * 1440)).first
        try await archiveRounded(day)
        try await archive(hour)
        let api = try await TestAPI(redis: redis, archive: folder)
        func digits(_ target: String) async throws -> String? {
            let answer = try await api.get(target)
            #expect(answer.status == 200, "\(target)")
            return answer["significant-digits"]
        }
        let (range, next) = ("from=\(day)&to=\(day.advanced(byMinutes: 60))", "to=\(hour.advanced(byMinutes: 60))")
        for target in [
            "/?datetime=\(day)", "/coins/1/prices?\(range)", "/lists?\(range)&step=1h",
            "/history/\(BlockName.day(day))",
            "/coins/1/prices?from=\(day)&\(next)&step=1d",
        ] {
            #expect(try await digits(target) == "9", "\(target)")
        }
        #expect(try await api.get("/?datetime=\(day)&format=CSV").text.contains("1,BTC,102124.155\r\n"))
        for target in [
            "/?datetime=\(hour)", "/coins/1/prices?from=\(hour)&\(next)", "/lists?from=\(hour)&\(next)",
            "/history/\(BlockName.hour(hour))",
        ] {
            #expect(try await digits(target) == nil, "\(target)")
        }
        let overview = try JSONSerialization.jsonObject(with: Data(try await api.get("/history").body))
        let blocks = try #require((overview as? [String: Any])?["blocks"] as? [[String: Any]])
        #expect(blocks.map { $0["digits"] as? Int } == [9, nil])
        // As long as the client has it, it is told again.
        let tag = try #require(try await api.get("/?datetime=\(day)")["etag"])
        let same = try await api.get("/?datetime=\(day)", ["If-None-Match: \(tag)"])
        #expect(same.status == 304 && same["significant-digits"] == "9")
    }

    @Test func `prices of which a minute may yet be filled in are not kept for good, whatever the step`() async throws {
        defer { remove() }
        let columns = TestAPI.stored(hour, rows: 1).1.fields["columns"] ?? []
        for (number, isWhole) in [true, false].enumerated() {
            let first = hour.advanced(byMinutes: -60 * number)
            var minutes = (0..<60).map { offset -> BlockMinute in
                let (csv, _) = TestAPI.stored(first.advanced(byMinutes: offset), rows: 1)
                return .list(BlockList(csv: csv, columns: columns, count: 1, fields: []))
            }
            if !isWhole { minutes[59] = .missing }
            let bytes = BlockContents(first: first, minutes, key: "CMC ID").bytes
            #expect(try await FolderStore(folder: folder).create(BlockName.hour(first).file, bytes))
        }
        let api = try await TestAPI(redis: redis, archive: folder)
        try await api.publish(hour.advanced(byMinutes: 100))
        for (first, isWhole) in [(hour, true), (hour.advanced(byMinutes: -60), false)] {
            for step in ["1m", "1h"] {
                let range = "from=\(first)&to=\(first.advanced(byMinutes: 60))&step=\(step)"
                let kept = try await api.get("/coins/1/prices?\(range)")["cache-control"]
                #expect(kept?.contains("immutable") == isWhole, "\(range)")
            }
            let block = try await api.get("/history/\(BlockName.hour(first))")["cache-control"]
            #expect(block?.contains("immutable") == isWhole)
        }
    }

    @Test func `a block that took another's place is served at once`() async throws {
        defer { remove() }
        try await archive(hour)
        let api = try await TestAPI(redis: redis, archive: folder)
        let target = "/coins/2/prices?from=\(hour)&to=\(hour.advanced(byMinutes: 60))&format=CSV"
        #expect(try await api.get(target).text.contains(",\(price(hour)),"))
        let minutes = (0..<60).map { BlockMinute.gap(code: "stopped", detail: "\($0)") }
        let bytes = BlockContents(first: hour, minutes, key: "CMC ID").bytes
        try await FolderStore(folder: folder).replace(BlockName.hour(hour).file, bytes)
        let lines = try await api.get("/lists?from=\(hour)&to=\(hour.advanced(byMinutes: 60))&step=1m&format=NDJSON")
        #expect(try text(of: lines).components(separatedBy: "stopped").count == 61)
    }

    @Test func `lists without ids are of no coin`() async throws {
        defer { remove() }
        let columns = Array(#"[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"}]"#.utf8)
        let csv = Array("Rank,Symbol\r\n1,BTC\r\n2,ETH\r\n".utf8)
        let minutes = Array(
            repeating: BlockMinute.list(BlockList(csv: csv, columns: columns, count: 2, fields: [])), count: 60)
        let bytes = BlockContents(first: hour, minutes, key: "CMC ID").bytes
        #expect(try await FolderStore(folder: folder).create(BlockName.hour(hour).file, bytes))
        let api = try await TestAPI(redis: redis, archive: folder)
        let range = "from=\(hour)&to=\(hour.advanced(byMinutes: 60))"
        #expect(try await api.get("/coins/1/prices?\(range)").status == 404)
        #expect(try await api.get("/coins?symbol=BTC").text == "[]\n")
        #expect(try await rows(api, "/lists?\(range)&step=1m&limit=2") == 120)
    }

    @Test func `a list that cannot be read is a gap, and a price that is none is empty`() async throws {
        defer { remove() }
        try await archive(hour) { offset, text in
            switch offset {
            case 1: text.replacingOccurrences(of: "\r\n2,", with: "\r\n2,\"")
            case 2: text.replacingOccurrences(of: ",SYM2,2.", with: ",SYM2,x")
            default: text
            }
        }
        let api = try await TestAPI(redis: redis, archive: folder)
        let range = "from=\(hour)&to=\(hour.advanced(byMinutes: 4))&format=CSV"
        func lines(_ target: String) async throws -> [String] {
            try text(of: try await api.get(target)).components(separatedBy: "\r\n")
        }
        let minutes = (0..<4).map { hour.advanced(byMinutes: $0) }
        let history = try await lines("/coins/2/prices?\(range)")
        #expect(history.count == 6 && history[1].hasSuffix("\(price(minutes[0])),"))
        #expect(history[2] == "\(minutes[1]),,,unreadable")
        #expect(history[3] == "\(minutes[2]),2,,")
        let lists = try await lines("/lists?\(range)&step=1m&limit=2")
        #expect(lists.count == 9 && lists[8] == "")
        #expect(lists[3] == "\(minutes[1]),,,,unreadable")
        #expect(lists[5] == "\(minutes[2]),2,SYM2,,")
        let step = try await lines("/lists?from=\(hour)&to=\(minutes[2])&step=1h&format=CSV")
        #expect(step[1] == "\(hour),,,,unreadable")
    }

    @Test func `a range of a block is for GET alone`() async throws {
        defer { remove() }
        try await archive(hour)
        let api = try await TestAPI(redis: redis, archive: folder)
        let answer = try await api.get("/history/\(BlockName.hour(hour))", ["Range: bytes=0-9"], method: "HEAD")
        #expect(answer.status == 200 && answer["content-range"] == nil && answer.body.isEmpty)
    }

    @Test func `behind 50,000 rows the next ones are found by a link, whatever the query`() async throws {
        defer { remove() }
        let first = hour.advanced(byMinutes: -40 * 1440)
        try await archive(first)
        try await archive(hour)
        let api = try await TestAPI(redis: redis, archive: folder)
        let end = hour.advanced(byMinutes: 60)
        let answer = try await api.get("/coins/2/prices?f%72om=\(first)&to=\(end)&format=NDJSON")
        #expect(answer.text.split(separator: "\n").count == 50_000)
        let link = try #require(answer["link"]?.wholeMatch(of: /<(.+)>; rel="next"/)?.1)
        let rest = try await api.get(String(link))
        let left = 40 * 1440 + 60 - 50_000
        #expect(rest.text.split(separator: "\n").count == left)
        #expect(rest.text.hasPrefix(#"{"Minute":"\#(first.advanced(byMinutes: 50_000))","#) && rest["link"] == nil)
    }
}
