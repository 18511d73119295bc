import Foundation
import Logging
import NIOCore
import NIOPosix
package import Redis
import Synchronization

/// A server that tests may run on: the one that is installed, or one that `scripts/servers` has put below .build/servers.
package struct RedisKind: Sendable, CustomStringConvertible, Hashable {
    package let name: String
    let program: String

    package static let installed = RedisKind(name: "installed", program: "redis-server")
    package static let redis62 = RedisKind(named: "redis-6.2")
    package static let redis82 = RedisKind(named: "redis-8.2")
    package static let valkey81 = RedisKind(named: "valkey-8.1")
    package static let valkey91 = RedisKind(named: "valkey-9.1")

    /// All that are there; the installed one always is.
    package static let all = [installed] + [redis62, redis82, valkey81, valkey91].compactMap(\.self)

    private init(name: String, program: String) {
        self.name = name
        self.program = program
    }

    /// Returns nil where it is not there.
    private init?(named name: String) {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        self.init(name: name, program: root.appendingPathComponent(".build/servers/\(name)").path)
        guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    }

    package var description: String { name }
}

/// A redis-server of one test's own, on a free port, with its data in a folder that goes with it.
package final class TestRedis: Sendable {
    package let port: Int
    package let folder: String
    private let command: [String]
    private let process: Mutex<Child>

    /// `arguments` come behind the defaults: no persistence, loopback only; `port` is a free one unless given;
    /// `environment` is redis-server's alone, beside this process's, and `file` the text of its configuration file.
    package init(
        _ arguments: [String] = [], file: String? = nil, port: Int? = nil, kind: RedisKind = .installed,
        environment: [String: String] = [:]
    ) async throws {
        folder = NSTemporaryDirectory() + "cointape-test-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let port = try port ?? FreePort.next()
        self.port = port
        command =
            environment.map { "\($0.key)=\($0.value)" } + [kind.program] + (file == nil ? [] : ["\(folder)/redis.conf"])
            + [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--unixsocket", "\(folder)/redis.sock", "--logfile", "redis.log",
            ] + arguments
        try file?.write(toFile: "\(folder)/redis.conf", atomically: true, encoding: .utf8)
        process = Mutex(try Self.start(command))
        try await answers("redis-server starts")
    }

    deinit {
        // Also ends a server that a test has stopped; nobody waits for it.
        signal(SIGKILL)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// `env` takes what stands before the command for variables.
    private static func start(_ command: [String]) throws -> Child { try Child(["env"] + command) }

    package var endpoint: RedisEndpoint { RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port)) }

    package var url: String { "redis://127.0.0.1:\(port)" }

    package func client(_ endpoint: RedisEndpoint? = nil, timeout: Duration = .seconds(5)) -> RedisClient {
        RedisClient(
            endpoint ?? self.endpoint, timeout: timeout, group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// How often it has run a command since it was started.
    package func calls(of command: String) async throws -> Int {
        let stats = try await client().send(RedisCommand("INFO", "commandstats")).text ?? ""
        let line = stats.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return line.flatMap { Int($0.drop { $0 != "=" }.dropFirst().prefix { $0 != "," }) } ?? 0
    }

    /// How many clients wait for an entry that is to come.
    package func blockedClients() async throws -> Int {
        let info = try await client().send(RedisCommand("INFO", "clients")).text ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("blocked_clients:") }
        return line.flatMap { Int($0.drop { $0 != ":" }.dropFirst()) } ?? 0
    }

    /// SIGSTOP, SIGCONT, SIGKILL and the like.
    package func signal(_ number: Int32) {
        process.withLock { $0.signal(number) }
    }

    /// Ends it with SIGKILL, and waits until it has ended.
    package func kill() async throws {
        signal(SIGKILL)
        try await eventually("redis-server is dead") { !process.withLock(\.isRunning) }
    }

    /// Starts it again after `kill()`, as it was started before: what it has written to its folder is loaded.
    ///
    /// Returns when it answers, and no longer loads.
    package func restart() async throws {
        let next = try Self.start(command)
        process.withLock { $0 = next }
        try await answers("redis-server is back")
    }

    /// Waits until it answers; one that has ended instead is shown with its last words.
    private func answers(_ what: String) async throws {
        try await eventually(what) {
            guard process.withLock(\.isRunning) else {
                let log = (try? String(contentsOfFile: "\(folder)/redis.log", encoding: .utf8)) ?? ""
                throw NotInTime(what: "\(what): it has ended: \(log.suffix(500))")
            }
            guard let connection = try? await RawConnection(port: port) else { return false }
            connection.send("PING\r\n")
            try await eventually(within: .seconds(5), "an answer to PING") {
                connection.text.contains("\r\n") || connection.hasEnded
            }
            // One that wants a password is there too.
            return connection.text.hasPrefix("+PONG") || connection.text.hasPrefix("-NOAUTH")
        }
    }
}
