import Foundation
package import Redis
import Logging
import NIOCore
import NIOPosix

/// A redis-server of one test's own, on a free port, with its data in a folder that goes with it.
package final class TestRedis: Sendable {
    package let port: Int
    package let folder: String
    private let process: Process

    /// `arguments` come behind the defaults: no persistence, loopback only.
    package init(_ arguments: [String] = []) throws {
        folder = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        port = try Self.freePort()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--unixsocket", "\(folder)/redis.sock", "--logfile", "redis.log",
            ] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let end = Date(timeIntervalSinceNow: 20)
        while !FileManager.default.fileExists(atPath: "\(folder)/redis.sock") {
            guard Date() < end, process.isRunning else { throw NotInTime(what: "redis-server starts") }
            usleep(5_000)
        }
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    package var endpoint: RedisEndpoint { RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port)) }

    package var url: String { "redis://127.0.0.1:\(port)" }

    package func client(_ endpoint: RedisEndpoint? = nil) -> RedisClient {
        RedisClient(
            endpoint ?? self.endpoint, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// SIGSTOP, SIGCONT, SIGKILL and the like.
    package func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// A port that nobody has at the moment; the kernel hands out another one next time.
    package static func freePort() throws -> Int {
        let channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).wait()
        defer { try? channel.close().wait() }
        return channel.localAddress?.port ?? 0
    }
}
