import Archive
import Basics
import Config
import Digests
import Foundation
import HTTPServer
import Logging
import NIOPosix
import Redis
import ServiceLifecycle
import Synchronization
import Tape
import TestSupport
import Testing
import TopLists
import Workers

@testable import Serving

/// An api worker on a free port, with a Redis of its own or with none, that ends with its owner.
final class TestAPI: Sendable {
    let port: Int
    let clock: TapeClock
    let redis: TestRedis?
    private let group: ServiceGroup
    private let worker: Task<Void, any Error>

    /// `http` is the object of that name in the config; `cached` is how many lists of the past are kept;
    /// `archive` is the folder of its blocks.
    init(
        http: String = "{}", margin: String = "60s", cached: Int = 60, redis: TestRedis? = nil,
        archive: String? = nil, clock: TapeClock = TapeClock()
    ) async throws {
        let history = archive.map { #""history": {"stores": ["file://\#($0)"]},"# } ?? ""
        let text = """
            {"worker": "api", "name": "api", "listen": [{"port": 0}], "http": \(http), "list": {"margin": "\(margin)", "cached": \(cached)},
             \(history) "redis": {"url": "\(redis?.url ?? "redis://127.0.0.1:1")"}}
            """
        let context = ConfigContext(file: "api.json", environment: [:])
        let reader = try #require(context.reader(of: Array(text.utf8)))
        let config = try #require(APIConfig(reading: reader), "\(context.issues)")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let client = RedisClient(
            config.worker.redis.endpoint, timeout: .seconds(2), group: MultiThreadedEventLoopGroup.singleton,
            logger: logger)
        let listening = Mutex(0)
        let shared = Shared(value: listening)
        let stores = archive.map { [FolderStore(folder: $0)] } ?? []
        let api = APIWorker(config, redis: client, blocks: stores, clock: clock, logger: logger) { address in
            shared.value.withLock { $0 = address.port }
        }
        let group = ServiceGroup(configuration: .init(services: [api], gracefulShutdownSignals: [], logger: logger))
        self.group = group
        worker = Task { try await group.run() }
        try await eventually("the api listens") { shared.value.withLock { $0 } > 0 }
        port = shared.value.withLock { $0 }
        self.clock = clock
        self.redis = redis
    }

    deinit {
        worker.cancel()
    }

    private final class Shared: Sendable {
        let value: Mutex<Int>

        init(value: consuming Mutex<Int>) {
            self.value = value
        }
    }

    /// Tells it to end; returns when it has.
    func shutDown() async throws {
        await group.triggerGracefulShutdown()
        try await worker.value
    }

    /// Has it end without waiting for anybody; returns when it has.
    func cancel() async {
        worker.cancel()
        _ = try? await worker.value
    }

    func connect() async throws -> RawConnection { try await RawConnection(port: port) }

    /// The answer to a GET with these header lines.
    func get(_ target: String, _ headers: [String] = [], method: String = "GET") async throws -> RawAnswer {
        try #require(try await RawAnswer.of(port, target, headers, method: method), "\(method) \(target)")
    }

    /// Puts a list with so many rows into the index and under its key, perhaps another text, or without a field.
    func publish(
        _ minute: Minute, rows: Int = 200, without field: String? = nil, change: (String) -> String = { $0 }
    ) async throws {
        let client = try #require(redis).client()
        let (text, entry) = Self.stored(minute, rows: rows)
        let changed = change(String(decoding: text, as: UTF8.self))
        _ = try await client.send(RedisCommand("SET", "toplist:\(minute)", changed))
        let fields = entry.fields.filter { $0.key != field }.flatMap { [$0.key as any RedisArgument, $0.value] }
        _ = try await client.send(RedisCommand("XADD", arguments: ["toplist", "\(entry.id)"] + fields))
    }

    /// A list's text, and what the index says of it.
    static func stored(_ minute: Minute, rows: Int) -> (text: [UInt8], entry: TapeEntry) {
        let lines = (1...rows).map { "\($0),SYM\($0),\($0).\(minute.milliseconds / 60_000 % 1000),\($0)\r\n" }
        let text = Array(("Rank,Symbol,Price USD,CMC ID\r\n" + lines.joined()).utf8)
        let columns = #"""
            [{"name":"Rank","type":"integer"},{"name":"Symbol","type":"string"},{"name":"Price USD","type":"decimal"},\#
            {"name":"CMC ID","type":"integer"}]
            """#
        let fields = ["columns": columns, "count": "\(rows)", "sha256": Digest.sha256(text)]
        return (text, TapeEntry(id: StreamID(minute), fields: fields.mapValues { Array($0.utf8) }))
    }

    /// The same list, at hand.
    static func list(_ minute: Minute, rows: Int) throws -> ServedList {
        let (text, entry) = stored(minute, rows: rows)
        let shapes = ListShapes(wanted: ["Rank", "Symbol", "Price USD"])
        let description = try ListDescription(entry, shapes, key: "list")
        var list = ServedList(description)
        for format in ListFormat.allCases {
            list.take(try #require(try StoredList(text, description.shape).rows(as: format)))
        }
        return list
    }
}
