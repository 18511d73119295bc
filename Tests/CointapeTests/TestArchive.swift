import Archive
import Basics
import Blocks
import Foundation
import Redis
import TestSupport
import Testing

/// An archive in two folders, with a Redis and a config of its own, for the commands on archives.
final class TestArchive: Sendable {
    let redis: TestRedis
    let client: RedisClient
    let folder: TestFolder
    private let config: String
    /// Variables for the commands.
    private let environment: [String: String]

    /// The first minute of the day before yesterday: all of it, and what follows, is past.
    let day: Minute

    /// The stores are the folders `a` and `b`, unless a test makes others of the path of its folder.
    init(
        stores: (String) -> [String] = { ["file://\($0)/a", "file://\($0)/b"] }, environment: [String: String] = [:]
    ) async throws {
        self.environment = environment
        redis = try await TestRedis()
        client = redis.client()
        folder = try TestFolder()
        config = "\(folder.path)/archive.json"
        day = Minute(containing: .machineTime).floored(to: .seconds(86_400)).advanced(byMinutes: -2 * 1440)
        let named = stores(folder.path)
        let text = """
            {"worker": "archive", "name": "archive", "redis": {"url": "\(redis.url)"}, "list": {"stream": "toplist"},
             "stores": [\(named.map { "\"\($0)\"" }.joined(separator: ", "))], "publish": {"stream": "archive"}}
            """
        try text.write(toFile: config, atomically: true, encoding: .utf8)
    }

    func hour(_ number: Int) -> BlockName { .hour(day.advanced(byMinutes: number * 60)) }

    /// In messages: `2026-11-28T13`.
    func text(_ hour: Int) -> String { String("\(self.hour(hour).first)".prefix(13)) }

    /// Where a store's file is.
    func path(_ name: BlockName, in store: String = "a") -> String { "\(folder.path)/\(store)/\(name.file)" }

    /// Keeps a block in the stores.
    func keep(_ name: BlockName, _ bytes: [UInt8]? = nil, in stores: [String] = ["a", "b"]) async throws {
        let bytes = bytes ?? TestTape.block(name)
        for store in stores {
            #expect(try await FolderStore(folder: "\(folder.path)/\(store)").create(name.file, bytes))
        }
    }

    func bytes(_ name: BlockName, in store: String = "a") -> [UInt8]? {
        FileManager.default.contents(atPath: path(name, in: store)).map { [UInt8]($0) }
    }

    func remove(_ name: BlockName, in store: String) throws {
        try FileManager.default.removeItem(atPath: path(name, in: store))
    }

    /// Changes one bit, counted from the end where negative.
    func damage(_ name: BlockName, in store: String, at place: Int) throws {
        var bytes = try #require(self.bytes(name, in: store))
        bytes[place < 0 ? bytes.count + place : place] ^= 0x10
        try Data(bytes).write(to: URL(filePath: path(name, in: store)))
    }

    /// `cointape archive` with these arguments, and the config behind them.
    func run(_ arguments: [String]) async throws -> (code: Int32, lines: [String]) {
        let result = try await Cointape.run(["archive"] + arguments + [config], environment: environment)
        return (result.code, result.text.split(whereSeparator: \.isNewline).map(String.init))
    }

    /// A command line of a shell, in which `cointape` and `$CONFIG` stand for what is tested.
    func shell(_ command: String) async throws -> String {
        try await CointapeTests.shell(
            command.replacing("cointape", with: "'\(Cointape.program)'"), environment: ["CONFIG": config])
    }
}
