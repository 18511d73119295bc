import Archive
import Basics
import Blocks
import Foundation
import Redis
import TestSupport
import Testing

/// `cointape archive adopt` and `verify`.
@Suite struct ArchiveVerifyTests {
    /// A day, and the first three hours of the next, in both stores and in Redis.
    private func whole() async throws -> TestArchive {
        let archive = try await TestArchive()
        try await archive.keep(.day(archive.day))
        for hour in 24..<27 { try await archive.keep(archive.hour(hour)) }
        let adopted = try await archive.run(["adopt"])
        #expect(adopted.code == 0)
        #expect(adopted.lines.count == 1 && adopted.lines[0].hasPrefix("published 4 entries, for 4 blocks in file://"))
        return archive
    }

    @Test func `adopt publishes an entry for each block, once, and says why it publishes none`() async throws {
        let archive = try await TestArchive()
        let none = try await archive.run(["adopt"])
        #expect(none.code == 0 && none.lines.count == 1)
        #expect(none.lines[0].hasPrefix("published nothing: there is no block in file://"))
        let full = try await whole()
        let entry = try await full.client.send(RedisCommand("XRANGE", "archive", "-", "+", "COUNT", 1)).array?.first
        let fields = (entry?.array?.last?.array ?? []).compactMap(\.text)
        #expect(fields.contains(full.hour(24).file) && fields.contains("60"), "\(fields)")
        #expect(try await full.client.send(RedisCommand("XLEN", "archive:days")).integer == 1)
        let again = try await full.run(["adopt"])
        #expect(again.code == 0)
        #expect(again.lines.count == 1)
        #expect(again.lines[0].hasPrefix("published nothing: the streams reach as far as the 4 blocks in file://"))
        // A damaged block costs its own entry.
        _ = try await full.client.send(RedisCommand("FLUSHALL"))
        for store in ["a", "b"] { try full.damage(full.hour(25), in: store, at: 70) }
        let some = try await full.run(["adopt"])
        #expect(some.code == 1 && some.lines[0].hasPrefix("damaged: \(full.hour(25)): no store has it whole"))
        #expect(some.lines[1].hasPrefix("published 3 entries"))
    }

    @Test(arguments: [[], ["--deep"]]) func `an archive that is whole is ok`(options: [String]) async throws {
        let archive = try await whole()
        let result = try await archive.run(["verify"] + options)
        #expect(result.code == 0 && result.lines.last == "ok" && result.lines.count == 3, "\(result.lines)")
        #expect(result.lines[0].hasPrefix("file://\(archive.folder.path)/a: 1 day, 3 hours, "))
    }

    @Test func `what is damaged, missing or different is told by name, with what to do`() async throws {
        let archive = try await whole()
        func wrong(_ options: [String] = []) async throws -> [String] {
            let result = try await archive.run(["verify"] + options)
            #expect(result.code == 1 && result.lines.last != "ok", "\(result.lines)")
            return result.lines.filter { $0.hasPrefix("wrong: ") }
        }
        let (a, b) = ("file://\(archive.folder.path)/a", "file://\(archive.folder.path)/b")
        // A bit of the head, of the outline and of a coin's chunk.
        for place in [10, 70, -20] {
            let before = try #require(archive.bytes(archive.hour(25)))
            try archive.damage(archive.hour(25), in: "a", at: place)
            let lines = try await wrong()
            #expect(lines.count == 1 && lines[0].hasPrefix("wrong: \(archive.hour(25)): damaged in \(a): "), "\(lines)")
            #expect(lines[0].hasSuffix("cointape archive pull \(b)"))
            try Data(before).write(to: URL(filePath: archive.path(archive.hour(25))))
        }
        // Another block of the same hour, whole by itself.
        try archive.remove(archive.hour(26), in: "b")
        try await archive.keep(archive.hour(26), TestTape.block(archive.hour(26), rows: 3), in: ["b"])
        let different = try await wrong()
        #expect(different.count == 2, "\(different)")
        #expect(different[0].contains("\(archive.hour(26)): in \(b) it is another one than its entry tells of"))
        #expect(different[1].contains("\(archive.hour(26)): \(a) and \(b) have different ones"))
        // An hour that one store lacks, and then both.
        try archive.remove(archive.hour(26), in: "b")
        let lacking = try await wrong()
        #expect(lacking == ["wrong: \(archive.text(26)): \(b) lacks it; cointape archive pull \(a)"])
        try archive.remove(archive.hour(26), in: "a")
        try archive.remove(.day(archive.day), in: "b")
        let lost = try await wrong()
        #expect(lost.count == 2, "\(lost)")
        #expect(lost[0].hasPrefix("wrong: \(archive.text(26)): lost: Redis tells of it, and no store has it"))
        #expect(lost[1].hasPrefix("wrong: \(archive.text(0)) to \(archive.text(23)) (24 hours): \(b) lacks it"))
    }

    @Test func `holes are named, and are no mistake`() async throws {
        let archive = try await TestArchive()
        for hour in [0, 1, 5] { try await archive.keep(archive.hour(hour)) }
        let unknown = try await archive.run(["verify"])
        #expect(unknown.code == 0 && unknown.lines.last == "ok", "\(unknown.lines)")
        let hole = "note: \(archive.text(2)) to \(archive.text(4)) (3 hours): a hole: nothing tells of it"
        #expect(unknown.lines[2].hasPrefix(hole), "\(unknown.lines)")
        #expect(unknown.lines[3] == "note: Redis has no entry of any block: cointape archive adopt publishes them")
        let empty = try await TestArchive().run(["verify"])
        #expect(empty.code == 0 && empty.lines.suffix(2) == ["note: there is no block yet", "ok"], "\(empty.lines)")
    }

    @Test func `only decoding shows a block that was written wrong, and says which`() async throws {
        let archive = try await TestArchive()
        // The digest of a list is another one; all checksums are right.
        let name = archive.hour(0)
        var bytes = TestTape.block(name)
        let list = TestTape.list(name.first)
        let digest = BlockList(csv: list, columns: [], count: 1, fields: []).digest
        let place = try #require(bytes.firstRange(of: digest))
        bytes[place.lowerBound] ^= 1
        try await archive.keep(name, bytes)
        let quick = try await archive.run(["verify"])
        #expect(quick.code == 0, "\(quick.lines)")
        let deep = try await archive.run(["verify", "--deep"])
        #expect(deep.code == 1)
        #expect(deep.lines.count { $0.hasPrefix("wrong: \(name): damaged in file://") } == 2, "\(deep.lines)")
    }

    @Test func `without Redis, files are looked at all the same`() async throws {
        let archive = try await whole()
        try await archive.redis.kill()
        let result = try await archive.run(["verify"])
        let wrong = result.lines.filter { $0.hasPrefix("wrong: ") }
        #expect(result.code == 1 && wrong.count == 1, "\(result.lines)")
        #expect(wrong[0].hasPrefix("wrong: the entries cannot be read: "))
        // What nobody could look at is not told to be missing.
        #expect(!result.lines.contains { $0.contains("no entry") }, "\(result.lines)")
        let adopted = try await archive.run(["adopt"])
        #expect(adopted.code == 1 && adopted.lines[0].hasPrefix("cointape: "))
    }

    @Test func `a config of another worker is refused`() async throws {
        let result = try await Cointape.run(["archive", "verify", "config/toplist.json"])
        #expect(result.code == 78)
        #expect(result.text.contains("config/toplist.json is not the config of an archive worker"))
    }
}

/// `cointape archive export`.
@Suite struct ArchiveExportTests {
    @Test func `rows are those of the lists, and minutes without one are gaps`() async throws {
        let archive = try await TestArchive()
        let bytes = TestTape.block(archive.hour(0)) { minutes in
            minutes[1] = .gap(code: "upstream", detail: "no answer")
            minutes[2] = .missing
        }
        try await archive.keep(archive.hour(0), bytes)
        try await archive.keep(archive.hour(2), in: ["b"])
        let minutes = (0..<180).map { archive.day.advanced(byMinutes: $0) }
        let result = try await archive.run(["export", "--from", "\(minutes[0])", "--to", "now"])
        #expect(result.code == 0)
        #expect(result.lines[0] == "Minute,Rank,Symbol,Price USD,CMC ID,Gap")
        let first = (1...4).map { "\(minutes[0]),\(TestTape.row($0, minutes[0]))," }
        let next = [
            "\(minutes[1]),,,,,upstream", "\(minutes[2]),,,,,missing", "\(minutes[3]),\(TestTape.row(1, minutes[3])),",
        ]
        #expect(Array(result.lines[1...7]) == first + next)
        // Then come an hour that nobody has, and one that the second store has.
        let hole = result.lines.filter { $0.hasPrefix(archive.text(1)) }
        #expect(hole.count == 60 && hole.allSatisfy { $0.hasSuffix(",,,,,missing") })
        let rows = 58 * 4 + 60 * 4
        #expect(result.lines.count == 1 + rows + 2 + 60)
        #expect(result.lines.last == "\(minutes[179]),\(TestTape.row(4, minutes[179])),")
        let part = try await archive.run(["export", "--from", "\(minutes[3])", "--to", "\(minutes[4])"])
        let expected = (1...4).map { "\(minutes[3]),\(TestTape.row($0, minutes[3]))," }
        #expect(part.lines == [result.lines[0]] + expected)
    }

    @Test func `coins that are wanted are the only ones, in the order in which they are asked for`() async throws {
        let archive = try await TestArchive()
        let minute = archive.day
        let bytes = TestTape.block(archive.hour(0), rows: 5) { minutes in
            let short = TestTape.list(minute.advanced(byMinutes: 1), rows: 2)
            minutes[1] = .list(BlockList(csv: short, columns: TestTape.columns, count: 2, fields: []))
            minutes[2] = .gap(code: "upstream", detail: "no answer")
        }
        try await archive.keep(archive.hour(0), bytes)
        let options = ["export", "--from", "\(minute)", "--to", "\(minute.advanced(byMinutes: 4))"]
        let coins = try await archive.run(options + ["--coins", "5,3,77"])
        let minutes = (0..<4).map { minute.advanced(byMinutes: $0) }
        #expect(
            coins.lines == [
                "Minute,Rank,Symbol,Price USD,CMC ID,Gap", "\(minutes[0]),\(TestTape.row(5, minutes[0])),",
                "\(minutes[0]),\(TestTape.row(3, minutes[0])),", "\(minutes[1]),,,,,not-listed",
                "\(minutes[2]),,,,,upstream", "\(minutes[3]),\(TestTape.row(5, minutes[3])),",
                "\(minutes[3]),\(TestTape.row(3, minutes[3])),",
            ])
        let json = try await archive.run(options + ["--coins", "3", "--format", "ndjson"])
        let price = { (minute: Minute) in TestTape.row(3, minute).split(separator: ",")[2] }
        #expect(
            json.lines == [
                #"{"Minute":"\#(minutes[0])","Rank":3,"Symbol":"SYM3","Price USD":\#(price(minutes[0])),"CMC ID":3}"#,
                #"{"Minute":"\#(minutes[1])","Gap":"not-listed"}"#, #"{"Minute":"\#(minutes[2])","Gap":"upstream"}"#,
                #"{"Minute":"\#(minutes[3])","Rank":3,"Symbol":"SYM3","Price USD":\#(price(minutes[3])),"CMC ID":3}"#,
            ])
    }

    @Test func `what no store has yet comes out of Redis, and is told if Redis is away`() async throws {
        let archive = try await TestArchive()
        // Both of its minutes are over, however early in an hour it is.
        let next = Minute(containing: .machineTime).advanced(byMinutes: -2).floored(to: .seconds(3600))
        let last = next.advanced(byMinutes: -60)
        try await archive.keep(.hour(last))
        for offset in 0..<2 {
            try await TestTape.publish(next.advanced(byMinutes: offset), rows: 3, to: archive.client)
        }
        let options = ["export", "--from", "\(last.advanced(byMinutes: 59))"]
        let all = try await archive.run(options)
        #expect(all.code == 0 && all.lines.count >= 1 + 4 + 3, "\(all.lines)")
        #expect(all.lines[1 + 4] == "\(next),\(TestTape.row(1, next)),")
        try await archive.redis.kill()
        let rest = try await archive.run(options)
        #expect(rest.code == 0)
        #expect(rest.lines[0].hasPrefix("cointape: note: only what the stores have is exported: "))
        #expect(Array(rest.lines.dropFirst()) == Array(all.lines.prefix(5)))
    }

    @Test func `columns that came later are in the header, and empty before`() async throws {
        let archive = try await TestArchive()
        try await archive.keep(archive.hour(0))
        let columns = Array(#"[{"name":"CMC ID","type":"integer"},{"name":"Cap, USD","type":"decimal"}]"#.utf8)
        let csv = Array("CMC ID,\"Cap, USD\"\r\n1,12.50\r\n".utf8)
        let bytes = TestTape.block(archive.hour(1)) { minutes in
            minutes = minutes.map { _ in .list(BlockList(csv: csv, columns: columns, count: 1, fields: [])) }
        }
        try await archive.keep(archive.hour(1), bytes)
        let change = archive.day.advanced(byMinutes: 60)
        let options = ["--from", "\(change.advanced(byMinutes: -1))", "--to", "\(change.advanced(byMinutes: 1))"]
        let result = try await archive.run(["export", "--coins", "1"] + options)
        #expect(
            result.lines == [
                #"Minute,Rank,Symbol,Price USD,CMC ID,"Cap, USD",Gap"#,
                "\(change.advanced(byMinutes: -1)),\(TestTape.row(1, change.advanced(byMinutes: -1))),,",
                "\(change),,,,1,12.50,",
            ])
        #expect(try await archive.run(["export"] + options).lines.last == result.lines.last)
    }

    @Test func `a reader that has enough ends it without a word`() async throws {
        let archive = try await TestArchive()
        try await archive.keep(.day(archive.day), TestTape.block(.day(archive.day), rows: 40))
        let text = try await archive.shell(
            "cointape archive export --from \(archive.day) $CONFIG | head -n 2; echo \"${PIPESTATUS[0]}\"")
        let lines = text.split(whereSeparator: \.isNewline)
        #expect(lines.count == 3 && lines[2] == "141", "\(text)")
    }

    @Test(arguments: [
        (["--format", "xml"], "--format should be csv or ndjson, not xml"),
        (["--from", "yesterday"], "--from should be one of the forms 2026-11-21, "),
        (["--to", "-5x"], "--to should be one of the forms"),
        (["--from", "now", "--to", "-1h"], "there is nothing between them"),
        (["--coins", "1,BTC"], "--coins should be ids of CoinMarketCap, such as 1,1027, not 1,BTC"),
    ])
    func `an option that cannot be read is told with what can`(options: [String], message: String) async throws {
        let result = try await Cointape.run(["archive", "export"] + options)
        #expect(result.code == 64 && result.text.contains(message), "\(result.text)")
    }

    @Test func `a range of which nothing is known is told`() async throws {
        let archive = try await TestArchive()
        let result = try await archive.run(["export", "--from", "2020-01-01", "--to", "2020-01-02"])
        #expect(result.code == 1)
        #expect(
            result.lines == ["cointape: nothing is known of the minutes from 2020-01-01T00:00Z to 2020-01-02T00:00Z"])
    }
}

/// `cointape archive pull`.
@Suite struct ArchivePullTests {
    /// A server that gives the history of an archive's first store, as an api does; `change` spoils what it gives.
    private func server(
        _ archive: TestArchive, _ names: [BlockName],
        _ change: @escaping @Sendable (String, inout [UInt8]) -> Void = { _, _ in }
    ) async throws -> StubServer {
        var blocks: [String: [UInt8]] = [:]
        for name in names { blocks["/history/\(name)"] = archive.bytes(name) }
        let listed = names.map { name in
            let bytes = archive.bytes(name) ?? []
            return #"{"block":"\#(name)","from":"\#(name.first)","to":"\#(name.end)","bytes":\#(bytes.count),"#
                + #""sha256":"\#(Self.sha256(bytes))","minutes":60,"gaps":0,"missing":0}"#
        }
        blocks["/history"] = Array(
            #"{"oldest":null,"newest":null,"minutes":1,"nested":{"blocks":[1]},"blocks":[\#(listed.joined(separator: ","))]}"#
                .utf8)
        return try await StubServer { [blocks] request in
            guard var bytes = blocks[request.path] else { return [.response("404 Not Found")] }
            change(request.path, &bytes)
            return [.response(body: bytes)]
        }
    }

    private static func sha256(_ bytes: [UInt8]) -> String {
        BlockList(csv: bytes, columns: [], count: 0, fields: []).digest.map { String(format: "%02x", $0) }.joined()
    }

    /// A day and two hours of the next, in the first store only.
    private func full() async throws -> (TestArchive, [BlockName]) {
        let archive = try await TestArchive()
        let names = [.day(archive.day), archive.hour(24), archive.hour(26)]
        for name in names { try await archive.keep(name, in: ["a"]) }
        return (archive, names)
    }

    @Test(.enabled(if: TestS3.isThere))
    func `an archive moves into a bucket and out of it again, and an api serves it from there`() async throws {
        let server = try await TestS3()
        let keys = ["AWS_ACCESS_KEY_ID": "archive-key", "AWS_SECRET_ACCESS_KEY": TestS3.secrets["archive-key"] ?? ""]
        let bucket = "s3://tape/moved?endpoint=http://127.0.0.1:\(server.port)"
        let (source, names) = try await full()
        let remote = try await TestArchive(stores: { _ in [bucket] }, environment: keys)
        let pushed = try await remote.run(["pull", "file://\(source.folder.path)/a"])
        #expect(pushed.code == 0 && pushed.lines.last?.hasPrefix("copied 3 blocks, ") == true, "\(pushed.lines)")
        #expect(try await remote.run(["adopt"]).lines[0].hasPrefix("published 3 entries, for 3 blocks in \(bucket)"))
        let verified = try await remote.run(["verify", "--deep"])
        #expect(verified.lines.contains { $0.hasPrefix("\(bucket): 1 day, 2 hours, ") }, "\(verified.lines)")
        #expect(!verified.lines.contains { $0.contains("canary") })
        let back = try await TestArchive(environment: keys)
        #expect(try await back.run(["pull", bucket]).code == 0)
        for name in names { #expect(back.bytes(name) == source.bytes(name)) }
        // Without keys, or with wrong ones, each says what is wrong.
        let none = try await TestArchive(stores: { _ in [bucket] }).run(["verify"])
        #expect(none.code == 78 && none.lines.joined().contains("AWS_ACCESS_KEY_ID"), "\(none)")
        let wrong = keys.merging(["AWS_SECRET_ACCESS_KEY": "canary-wrong"]) { $1 }
        let refused = try await TestArchive(stores: { _ in [bucket] }, environment: wrong).run(["verify"])
        #expect(refused.code == 1 && refused.lines.joined().contains("SignatureDoesNotMatch"), "\(refused)")
        #expect(!refused.lines.joined().contains("canary"))
        // An api reads a list, and keeps what it read in its folder.
        let cache = "\(back.folder.path)/cache"
        let config = "\(back.folder.path)/api.json"
        let port = try FreePort.next()
        let text = """
            {"worker": "api", "name": "api", "listen": [{"port": \(port)}], "list": {}, "redis": {"url": "\(remote.redis.url)"},
             "history": {"stores": ["\(bucket)"], "cache": {"folder": "\(cache)"}}}
            """
        try text.write(toFile: config, atomically: true, encoding: .utf8)
        let api = try Cointape(["run", config], environment: keys)
        try await api.prints("api.listening")
        let minute = source.day.advanced(byMinutes: 61)
        let list = try await #require(RawAnswer.of(port, "/?datetime=\(minute)&format=CSV"))
        #expect(list.status == 200 && list.text.contains(TestTape.row(1, minute).prefix(8)), "\(list.text)")
        let download = try await #require(RawAnswer.of(port, "/history/\(names[2])"))
        #expect(download.body == source.bytes(names[2]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache).isEmpty == false)
        #expect(!api.text.contains("canary"))
    }

    @Test func `copies what is missing or damaged, leaves what is whole, and names what nobody has`() async throws {
        let (source, names) = try await full()
        let server = try await server(source, names)
        let archive = try await TestArchive()
        // One that is whole, and another than the source's; and one that is damaged in one store.
        let other = TestTape.block(names[1], rows: 2)
        try await archive.keep(names[1], other)
        try await archive.keep(names[2])
        try archive.damage(names[2], in: "b", at: -20)
        let result = try await archive.run(["pull", server.url])
        let (a, b) = ("file://\(archive.folder.path)/a", "file://\(archive.folder.path)/b")
        let size = try #require(source.bytes(names[0])).count * 2 + (source.bytes(names[2])?.count ?? 0)
        #expect(
            result.lines == [
                "copied: \(names[0]) to \(a)", "copied: \(names[0]) to \(b)",
                "left: \(names[1]) in \(a) is whole, and another one than that of \(server.url)",
                "left: \(names[1]) in \(b) is whole, and another one than that of \(server.url)",
                "copied: \(names[2]) to \(b), in place of a damaged one",
                "nobody has: \(archive.text(25))", "copied 3 blocks, \(size) bytes; 3 were there",
            ])
        #expect(result.code == 0)
        for store in ["a", "b"] {
            #expect(archive.bytes(names[0], in: store) == source.bytes(names[0]))
            #expect(archive.bytes(names[1], in: store) == other)
            #expect(archive.bytes(names[2], in: store) == source.bytes(names[2]))
        }
        let again = try await archive.run(["pull", "\(server.url)/"])
        #expect(again.code == 0 && again.lines.last == "copied 0 blocks, 0 bytes; 6 were there")
        #expect(try await archive.run(["verify", "--deep"]).lines.contains { $0.hasPrefix("wrong") } == false)
    }

    @Test func `one host's api, and a folder, make another archive whole`() async throws {
        let (source, names) = try await full()
        let port = try FreePort.next()
        let api = try Cointape(
            ["run", "config/api.json"],
            environment: [
                "REDIS_URL": source.redis.url, "PORT": "\(port)", "ARCHIVE_DIR": "\(source.folder.path)/a",
            ])
        try await api.prints("api.listening")
        let archive = try await TestArchive()
        let result = try await archive.run(["pull", "http://127.0.0.1:\(port)"])
        #expect(result.code == 0 && result.lines.count { $0.hasPrefix("copied: ") } == 6, "\(result.lines)")
        for name in names { #expect(archive.bytes(name, in: "b") == source.bytes(name)) }
        try archive.remove(names[1], in: "a")
        let folder = try await archive.run(["pull", "file://\(source.folder.path)/a"])
        #expect(folder.code == 0 && folder.lines[0] == "copied: \(names[1]) to file://\(archive.folder.path)/a")
        // A store of its own can be the source.
        try archive.remove(names[0], in: "a")
        let own = try await archive.run(["pull", "file://\(archive.folder.path)/b"])
        #expect(own.code == 0 && own.lines.first == "copied: \(names[0]) to file://\(archive.folder.path)/a")
        #expect(archive.bytes(names[0]) == source.bytes(names[0]))
    }

    @Test func `what verify says is damaged, pull mends, or takes away where the day has it`() async throws {
        let (source, names) = try await full()
        for hour in [3, 4] { try await source.keep(source.hour(hour), in: ["a"]) }
        let archive = try await TestArchive()
        // In one store the day and two of its hours, in the other all hours and no day; one of each is damaged.
        try await archive.keep(names[0], in: ["a"])
        for hour in [3, 4] { try await archive.keep(archive.hour(hour), in: ["a"]) }
        for hour in 0..<24 { try await archive.keep(archive.hour(hour), in: ["b"]) }
        try archive.damage(archive.hour(3), in: "a", at: -20)
        try archive.damage(archive.hour(10), in: "b", at: -20)
        let before = try await archive.run(["verify", "--deep"])
        #expect(before.lines.count { $0.contains(": damaged in ") } == 2, "\(before.lines)")
        // An api does not tell of the hours of a day that it has.
        let server = try await server(source, names)
        let result = try await archive.run(["pull", server.url])
        #expect(result.code == 0, "\(result.lines)")
        #expect(result.lines.contains { $0.hasPrefix("removed: \(archive.hour(3)) from ") }, "\(result.lines)")
        #expect(result.lines.contains { $0.hasPrefix("removed: \(archive.hour(10)) from ") }, "\(result.lines)")
        #expect(archive.bytes(names[0], in: "b") == source.bytes(names[0]))
        #expect(archive.bytes(archive.hour(4)) != nil && archive.bytes(archive.hour(3)) == nil)
        let after = try await archive.run(["verify", "--deep"])
        #expect(!after.lines.contains { $0.contains("damaged") }, "\(after.lines)")
    }

    @Test func `a source without blocks is an error, and a store that fails costs the others nothing`() async throws {
        let archive = try await TestArchive()
        let nothing = try await archive.run(["pull", "file://\(archive.folder.path)/nothing"])
        #expect(nothing.code == 1 && nothing.lines.joined().contains("/nothing has no blocks"), "\(nothing.lines)")
        let (source, names) = try await full()
        let dead = "s3://tape/x?endpoint=http://127.0.0.1:\(try FreePort.next())"
        let keys = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
        let two = try await TestArchive(stores: { ["file://\($0)/a", dead] }, environment: keys)
        let result = try await two.run(["pull", "file://\(source.folder.path)/a"])
        #expect(result.code == 1 && result.lines.contains { $0.hasPrefix("failed: \(dead)") }, "\(result.lines)")
        for name in names { #expect(two.bytes(name) == source.bytes(name)) }
    }

    private static let spoiling: [(told: String, change: @Sendable (String, inout [UInt8]) -> Void)] = [
        ("its SHA-256 differs", { if $0.hasSuffix(".tape") { $1[$1.count - 20] ^= 1 } }),
        ("bytes, and", { if $0.hasSuffix(".tape") { $1.removeLast(10) } }),
    ]

    @Test(arguments: spoiling.indices) func `nothing is kept that is not what it should be`(_ index: Int) async throws {
        let (source, names) = try await full()
        let archive = try await TestArchive()
        let server = try await server(source, names, Self.spoiling[index].change)
        let result = try await archive.run(["pull", server.url])
        #expect(result.code == 1)
        let failed = result.lines.filter { $0.hasPrefix("failed: ") }
        #expect(failed.count == 3 && failed.allSatisfy { $0.contains(Self.spoiling[index].told) }, "\(result.lines)")
        #expect(result.lines.last == "copied 0 blocks, 0 bytes; 0 were there; 3 could not be copied")
        for name in names { #expect(archive.bytes(name) == nil && archive.bytes(name, in: "b") == nil) }
        // A source whose own files are damaged, or are of another hour.
        try source.damage(names[1], in: "a", at: -20)
        try source.remove(names[2], in: "a")
        try await source.keep(names[2], TestTape.block(source.hour(25)), in: ["a"])
        let folder = try await archive.run(["pull", "file://\(source.folder.path)/a"])
        #expect(folder.code == 1 && folder.lines.filter { $0.hasPrefix("failed: ") }.count == 2, "\(folder.lines)")
        #expect(folder.lines.contains { $0 == "failed: \(names[2]): the block is not that of \(names[2])" })
        #expect(archive.bytes(names[1]) == nil && archive.bytes(names[2]) == nil && archive.bytes(names[0]) != nil)
    }

    @Test func `a source that is none is told as such, and one that is busy is asked again`() async throws {
        let archive = try await TestArchive()
        for (source, message) in [
            ("ftp://x", "should begin with file://"), ("http://host/?a=b", "should be an api's URL"),
            ("http://user:canary@host", "should be an api's URL"),
        ] {
            let result = try await Cointape.run(["archive", "pull", source])
            #expect(result.code == 64 && result.text.contains(message), "\(result.text)")
        }
        let other = try await StubServer { _ in [.response(body: Array("[]".utf8))] }
        let result = try await archive.run(["pull", other.url])
        #expect(result.code == 1 && result.lines[0].contains("is not the history of a cointape"), "\(result.lines)")
        let none = try await StubServer { _ in [.response("404 Not Found")] }
        #expect(try await archive.run(["pull", none.url]).lines[0].contains("does this api have a history?"))
        let busy = try await StubServer { request in
            request.connection > 1
                ? [.response("503 Service Unavailable", headers: ["Connection: close"]), .close] : [.close]
        }
        let given = try await archive.run(["pull", busy.url])
        #expect(given.code == 1 && given.lines[0].contains("HTTP 503") && busy.requests.count == 4, "\(given.lines)")
    }
}
