package import Logging
import Logs
import POSIX
package import Redis

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why our own Redis could not be started, or has ended, in words.
package struct OwnRedisError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A durable redis-server on loopback that belongs to this process, and ends with it.
package final class OwnRedis: Sendable {
    /// The endpoint for clients, on 127.0.0.1 only.
    package let endpoint: RedisEndpoint
    package let port: Int
    private let folder: DataFolder
    private let guardian: ChildProcess
    private let redis: pid_t
    /// The writing end of a pipe; the guardian ends Redis when it is closed.
    private let lifeline: Int32

    /// Starts redis-server through a guardian: `guardianCommand`, followed by the log's path and Redis' command line.
    ///
    /// Returns when the process runs; Redis may still be loading its data then: see `waitUntilReady`.
    package init(_ folder: DataFolder, port: Int, guardianCommand: [String]) async throws {
        self.folder = folder
        self.port = port
        endpoint = RedisEndpoint(address: .tcp(host: "127.0.0.1", port: port))
        let report: Int32
        do throws(SystemError) {
            let (life, answer) = (try Pipe(), try Pipe())
            defer {
                close(life.reading)
                close(answer.writing)
            }
            let command = guardianCommand + ["\(folder.path)/redis.log"] + Self.command(folder.path, port)
            guardian = try ChildProcess.start(command, descriptors: [life.reading, answer.writing, 2, folder.lock])
            (lifeline, report) = (life.writing, answer.reading)
        } catch {
            throw OwnRedisError("\(error)")
        }
        defer { close(report) }
        redis = try await Self.startedProcess(report)
    }

    /// Every acknowledged order survives a power cut: see `appendfsync` in redis.conf.
    private static func command(_ folder: String, _ port: Int) -> [String] {
        [
            "redis-server", "--bind", "127.0.0.1", "--port", "\(port)", "--dir", folder, "--logfile", "redis.log",
            "--daemonize", "no", "--appendonly", "yes", "--appendfsync", "always", "--no-appendfsync-on-rewrite", "no",
            "--save", "", "--maxmemory-policy", "noeviction",
        ]
    }

    /// Parses the guardian's one line of output: Redis' process id, or why it could not be started.
    private static func startedProcess(_ report: Int32) async throws -> pid_t {
        _ = fcntl(report, F_SETFL, O_NONBLOCK)
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(report, &byte, 1)
            if count < 0, errno == EAGAIN || errno == EINTR {
                try await Task.sleep(for: .milliseconds(5))
                continue
            }
            guard count == 1, byte != UInt8(ascii: "\n") else { break }
            line.append(byte)
        }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ", maxSplits: 1)
        if words.first == "started", words.count == 2, let process = pid_t(words[1]) { return process }
        let reason = words.count == 2 ? String(words[1]) : "the guardian did not start"
        let hint = reason.contains("redis-server") ? " (is redis-server installed?)" : ""
        throw OwnRedisError("cannot start Redis: \(reason)\(hint)")
    }

    /// Returns when Redis answers, which takes a while with much data; throws if it ends instead.
    package func waitUntilReady(_ client: RedisClient, logger: Logger) async throws {
        var told = false
        while true {
            do throws(RedisError) {
                let info = try await client.send(RedisCommand("INFO", "server")).text ?? ""
                // If the port was taken, the Redis that answers is not ours.
                guard info.contains("process_id:\(redis)\r\n") else {
                    throw RedisError(
                        .unavailable, command: "INFO", message: "port \(endpoint) belongs to another Redis")
                }
                return
            } catch {
                guard kill(redis, 0) == 0 else { throw OwnRedisError(Self.ended(endpoint, folder.path)) }
                if !told, error.message.contains("LOADING") {
                    logger.notice(.redisLoading, metadata: [LogKey.redis: "\(endpoint)"])
                    told = true
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Returns when the guardian or its Redis ends unexpectedly.
    package func waitForEnd() async throws {
        while kill(redis, 0) == 0, !guardian.hasEnded() {
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// The error for a Redis that has ended by itself, with the last lines of its log, which are read now.
    package var endedError: OwnRedisError { OwnRedisError(Self.ended(endpoint, folder.path)) }

    /// Ends Redis and waits for it; usually that takes a moment, at most 25 seconds.
    package func stop() async {
        close(lifeline)
        if await !guardian.waitForEnd(within: .seconds(25)) { kill(redis, SIGKILL) }
        // If the guardian was killed, its Redis is still running.
        if kill(redis, 0) == 0 { kill(redis, SIGTERM) }
    }

    private static func ended(_ endpoint: RedisEndpoint, _ folder: String) -> String {
        var text = [UInt8](repeating: 0, count: 4096)
        let file = open("\(folder)/redis.log", O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let size = lseek(file, 0, SEEK_END)
        let count = pread(file, &text, text.count, max(0, size - off_t(text.count)))
        let lines = String(decoding: text.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").suffix(5)
        return
            "redis-server on \(endpoint) or its guardian has ended; the end of \(folder)/redis.log:\n\(lines.joined(separator: "\n"))"
    }
}
