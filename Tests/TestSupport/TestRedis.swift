import Foundation
import Logging
import NIOCore
import NIOPosix
package import Redis

/// A redis-server of one test's own, on a free port, with its data in a folder that goes with it.
package final class TestRedis: Sendable {
    package let port: Int
    package let folder: String
    private let process: Process

    /// `arguments` come behind the defaults: no persistence, loopback only.
    package init(_ arguments: [String] = []) async throws {
        folder = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        port = try FreePort.next()
        process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            [
                "redis-server", "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--unixsocket", "\(folder)/redis.sock", "--logfile", "redis.log",
            ] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let socket = "\(folder)/redis.sock"
        try await eventually("redis-server starts") { FileManager.default.fileExists(atPath: socket) }
    }

    deinit {
        // Also ends a server that a test has stopped; nobody waits for it.
        kill(process.processIdentifier, SIGKILL)
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
}
