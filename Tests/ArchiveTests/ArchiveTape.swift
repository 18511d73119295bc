import Basics
import Blocks
import Config
import Digests
import Foundation
import Redis
import Tape
import TestSupport
import Testing

@testable import Archive

/// A stream of lists on a Redis of its own, and archive workers that keep them in folders of the test's own.
struct ArchiveTape {
    let redis: TestRedis
    let client: RedisClient
    let clock = TapeClock()
    let said = Said()
    /// Goes with the Redis.
    let folder: String

    init() async throws {
        redis = try await TestRedis()
        client = redis.client()
        folder = redis.folder
    }

    /// The begin of a day, so many days ago.
    static func day(_ ago: Int) -> Minute {
        BlockName.day(of: Minute(containing: Timestamp.machineTime).advanced(byMinutes: -ago * 1440)).first
    }

    /// The begin of an hour, so many hours before yesterday's 20:00: tests do not depend on the time of day.
    static func hour(_ before: Int) -> Minute { day(1).advanced(byMinutes: (20 - before) * 60) }

    /// A folder of the test's own.
    func store(_ name: String = "archive") -> FolderStore { FolderStore(folder: "\(folder)/\(name)") }

    /// Each with an identity, and with connections, of its own.
    ///
    /// `digits` is the object of that name in its config.
    func worker(
        _ folders: [String] = ["archive"], user: String? = nil, digits: String? = nil
    ) throws -> ArchiveWorker {
        let stores = folders.map { "\"file://\(folder)/\($0)\"" }.joined(separator: ", ")
        let text = """
            {"worker": "archive", "name": "archive", "redis": {"url": "\(redis.url)"},
             "list": {}, "stores": [\(stores)], "publish": {}\(digits.map { ", \"digits\": \($0)" } ?? "")}
            """
        let context = ConfigContext(file: "test.json", environment: [:])
        let reader = try #require(context.reader(of: Array(text.utf8)))
        let config = try #require(ArchiveConfig(reading: reader), "\(context.issues)")
        let endpoint = RedisEndpoint(address: redis.endpoint.address, user: user, password: user)
        return ArchiveWorker(
            config, stores: folders.map { store($0) }, identity: WorkerIdentity(name: "archive", kind: "archive"),
            redis: redis.client(endpoint),
            clock: clock, logger: said.logger, retry: .zero)
    }

    /// Does all that is due.
    func work(_ folders: [String] = ["archive"]) async throws {
        let worker = try worker(folders)
        while try await worker.step() {}
    }

    // MARK: Lists

    static let columns =
        #"[{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},{"name":"Price USD","type":"decimal"},"#
        + #"{"name":"CMC ID","type":"integer"}]"#

    /// The same for the same minute.
    static func csv(_ minute: Minute, coins: Int = 5) -> String {
        let age = minute.milliseconds / 60_000
        let rows = (0..<coins).map {
            "\($0 + 1),C\($0),\(age % 9973 * 7 + Int64($0) * 13).\(age % 89 + 10),\($0 * 3 + 1)\r\n"
        }
        return "Rank,Symbol,Price USD,CMC ID\r\n" + rows.joined()
    }

    func key(_ minute: Minute) -> String { "toplist:\(minute)" }

    /// A list, and the entry that tells of it.
    func put(_ minute: Minute, coins: Int = 5, digest: String? = nil) async throws {
        let csv = Self.csv(minute, coins: coins)
        _ = try await client.send(
            RedisCommand("SET", key(minute), csv),
            then: RedisCommand(
                "XADD", "toplist", "\(StreamID(minute))", "source", "toplist", "minute", "\(minute)", "count", coins,
                "sha256", digest ?? Digest.sha256(Array(csv.utf8)), "key", key(minute), "columns", Self.columns,
                "rank_minute", "\(minute)", "matched", coins, "samples", "{}"))
    }

    func put(hour: Minute, minutes: Range<Int> = 0..<60, coins: Int = 5) async throws {
        for minute in minutes { try await put(hour.advanced(byMinutes: minute), coins: coins) }
    }

    func putGap(_ minute: Minute, _ code: String, _ detail: String) async throws {
        try await send(
            "XADD", "toplist", "\(StreamID(minute))", "source", "toplist", "minute", "\(minute)", "gap", code, "detail",
            detail)
    }

    @discardableResult
    func send(_ name: String, _ arguments: String...) async throws -> RedisReply {
        try await client.send(RedisCommand(name, arguments: arguments))
    }

    // MARK: What became of them

    func entries(_ stream: String = "archive") async throws -> [TapeEntry] {
        try await reader(stream).oldest(10_000, from: .lowest)
    }

    func reader(_ stream: String) -> StreamReader { StreamReader(key: stream, redis: client, clock: clock) }

    func bytes(_ name: BlockName, in folder: String = "archive") async throws -> [UInt8]? {
        guard let source = try await store(folder).open(name.file) else { return nil }
        return try await source.read([0..<source.size])[0]
    }

    /// The block, verified; nil if there is none.
    func block(_ name: BlockName, in folder: String = "archive") async throws -> Block? {
        guard let bytes = try await bytes(name, in: folder) else { return nil }
        let block = try await Block.open(BlockInMemory(bytes))
        try await block.verify()
        return block
    }

    func files(in folder: String = "archive") async throws -> [String] {
        try await store(folder).files(in: "").map(\.name)
    }

    /// Also the hidden ones.
    func temporaries(in folder: String = "archive") throws -> [String] {
        let all = FileManager.default.enumerator(atPath: "\(self.folder)/\(folder)")?.allObjects as? [String] ?? []
        return all.filter { ($0 as NSString).lastPathComponent.hasPrefix(".") }
    }

    /// Changes the bytes of a file of a store.
    func damage(_ name: BlockName, in folder: String = "archive", at place: (Int) -> Int) throws {
        let path = "\(self.folder)/\(folder)/\(name.file)"
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        bytes[place(bytes.count)] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// That each entry tells of its block what it is, and that the block is there.
    func checkEntries(in folder: String = "archive") async throws {
        for entry in try await entries() + entries("archive:days") {
            let place = try #require(entry.text("place"), "\(entry.minute): \(entry.gap.map { "\($0)" } ?? "no place")")
            let name = try #require(BlockName(file: place))
            // A block of an hour goes when its day is two days old.
            let day = BlockName.day(of: entry.minute)
            if try await bytes(name, in: folder) == nil, try await bytes(day, in: folder) != nil { continue }
            let bytes = try #require(try await bytes(name, in: folder), "\(place) is not there")
            let block = try #require(try await block(name, in: folder))
            #expect(name.first == entry.minute)
            #expect(entry.text("minute") == "\(entry.minute)")
            #expect(entry.text("bytes") == "\(bytes.count)")
            #expect(entry.text("sha256") == Digest.sha256(bytes))
            #expect(entry.text("minutes") == "\(block.count(.list))")
            #expect(entry.text("gaps") == "\(block.count(.gap))")
            #expect(entry.text("missing") == "\(block.count(.missing))")
        }
    }
}

extension Block {
    /// The list of a minute as text; nil where there is none.
    func text(_ offset: Int) async throws -> String? {
        try await list(offset).map { String(decoding: $0, as: UTF8.self) }
    }

    /// How many lists are there byte for byte.
    func lists(coins: Int = 5) async throws -> Int {
        var count = 0
        for offset in 0..<minutes {
            if try await text(offset) == ArchiveTape.csv(first.advanced(byMinutes: offset), coins: coins) { count += 1 }
        }
        return count
    }
}
