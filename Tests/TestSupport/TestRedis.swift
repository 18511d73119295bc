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

    /// A port that nobody has at the moment; the kernel hands out another one next time.
    package static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Bool in
                bind(descriptor, generic, size) == 0 && getsockname(descriptor, generic, &size) == 0
            }
        }
        guard port else { throw NotInTime(what: "a free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
