import Foundation
import Logging
import NIOPosix
import Redis
import TestSupport
import Testing

@testable import RedisServer

/// A redis-server behind the program's own guardian.
@Suite struct OwnRedisTests {
    private let path = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString.prefix(8)
    private static let guardian = [Program.path, "guard-redis"]
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func failure(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            return "\(error)"
        }
    }

    private func client(_ own: OwnRedis) -> RedisClient {
        RedisClient(own.endpoint, group: MultiThreadedEventLoopGroup.singleton, logger: Self.quiet)
    }

    @Test func `answers when it is ready, keeps what it was told, and ends when it is stopped`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let port = try FreePort.next()
        for round in 1...2 {
            let folder = try await DataFolder(path)
            let own = try await OwnRedis(folder, port: port, guardianCommand: Self.guardian)
            let redis = client(own)
            try await own.waitUntilReady(redis, logger: Self.quiet)
            #expect(try await redis.send(RedisCommand("INCR", "rounds")).integer == Int64(round))
            redis.close()
            // Else the folder would be in use the next time.
            await own.stop()
        }
    }

    @Test func `that it has ended by itself is seen, with the end of its log`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let own = try await OwnRedis(
            try await DataFolder(path), port: try FreePort.next(), guardianCommand: Self.guardian)
        let redis = client(own)
        try await own.waitUntilReady(redis, logger: Self.quiet)
        _ = try? await redis.send(RedisCommand("SHUTDOWN"))
        redis.close()
        try await own.waitForEnd()
        #expect("\(own.endedError)".contains("ready to exit, bye bye"))
        await own.stop()
    }

    @Test func `a port that another Redis has is told`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let other = try await TestRedis()
        let own = try await OwnRedis(
            try await DataFolder(path), port: other.port, guardianCommand: Self.guardian)
        let redis = client(own)
        let text = await failure { try await own.waitUntilReady(redis, logger: Self.quiet) }
        #expect(text.contains("has ended") && text.contains("Address already in use"), "\(text)")
        redis.close()
        await own.stop()
    }

    @Test func `a guardian that does not start is told`() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let folder = try await DataFolder(path)
        let port = try FreePort.next()
        #expect(
            await failure { _ = try await OwnRedis(folder, port: port, guardianCommand: ["/nonexistent/guardian"]) }
                == "/nonexistent/guardian: No such file or directory")
        #expect(
            await failure { _ = try await OwnRedis(folder, port: port, guardianCommand: ["true"]) }
                == "cannot start Redis: the guardian did not start")
    }
}
