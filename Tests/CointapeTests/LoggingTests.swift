import Foundation
import Redis
import TestSupport
import Testing

/// What processes log, and where.
@Suite(.tags(.clock)) struct LoggingTests {
    /// An api with these handlers; it needs nobody but a Redis, and says at once that there is none.
    private func api(_ folder: TestFolder, _ handlers: String, redis: String, level: String = "info") throws -> Cointape
    {
        let config = """
            {"worker": "api", "name": "api", "redis": {"url": "\(redis)"}, "listen": [{"port": 0}],
             "logging": {"level": "\(level)", "handlers": [\(handlers)]}}
            """
        try config.write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        return try Cointape(["run", "api.json"], in: folder.path)
    }

    private func content(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    /// Cuts all connections, which is a line at debug, and waits until a worker is back.
    private func disconnect(_ client: RedisClient) async throws {
        let old = try await waitingClient(client)
        _ = try await client.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
        try await eventually("it waits again") { try await waitingClient(client) != old }
    }

    /// The id of the connection on which an api waits for lists.
    private func waitingClient(_ client: RedisClient) async throws -> String {
        var id = ""
        try await eventually("an api waits for lists") {
            let list = try await client.send(RedisCommand("CLIENT", "LIST")).text ?? ""
            let line = list.split(separator: "\n").first {
                $0.contains("name=cointape-api") && $0.contains("cmd=xread")
            }
            id = line.map { String($0.prefix { $0 != " " }) } ?? ""
            return !id.isEmpty
        }
        return id
    }

    @Test func `a rotated file is opened anew on SIGHUP, and a SIGHUP without files ends the process`() async throws {
        let folder = try TestFolder()
        let port = try FreePort.next()
        let url = "redis://127.0.0.1:\(port)"
        let path = "\(folder.path)/log/deep/api.log"
        let api = try api(
            folder, #"{"to": "console", "format": "json"}, {"to": "file", "path": "log/deep/api.log"}"#, redis: url)
        try await eventually("Redis is missed") { content(path).contains("redis.lost") }
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
        api.signal(SIGHUP)
        try await eventually("the file is there again") { FileManager.default.fileExists(atPath: path) }
        let redis = try await TestRedis(port: port)
        try await eventually("Redis is back") { content(path).contains("redis.back") }
        #expect(!content("\(path).1").contains("redis.back") && !content(path).contains("redis.lost"))

        // What stands in the way now is a folder.
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).2")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        api.signal(SIGHUP)
        try await api.prints(#""event":"log.not_reopened","error":"log/deep/api.log cannot be opened: Is a directory""#)
        redis.signal(SIGKILL)
        try await eventually("the old file is still written to") { content("\(path).2").contains("redis.lost") }
        api.signal(SIGTERM)
        #expect(try await api.exit() == 0)
        // One line when Redis went away, one when it came back, whatever was tried in between.
        for event in ["redis.lost", "redis.back"] {
            #expect(api.text.split(separator: event).count - 1 == (event == "redis.lost" ? 2 : 1))
        }

        let plain = try self.api(folder, #"{"to": "console"}"#, redis: url)
        try await plain.prints("redis.lost")
        plain.signal(SIGHUP)
        #expect(try await plain.exit() == -SIGHUP)
    }

    @Test func `a full disk costs lines and nothing else, and is told once`() async throws {
        let folder = try TestFolder()
        let redis = try await TestRedis()
        let api = try api(
            folder, #"{"to": "file", "path": "/dev/full", "format": "json"}"#, redis: redis.url, level: "debug")
        try await api.prints("log.lost")
        for _ in 0..<3 { try await disconnect(redis.client()) }
        #expect(api.isRunning)
        api.signal(SIGTERM)
        #expect(try await api.exit() == 0)
        #expect(api.text.split(separator: "\n").count == 1)
        #expect(api.text.contains(" error api log.lost error=\"No space left on device\" file.path=/dev/full\n"))
    }

    @Test func `nobody who reads the console is no reason to end`() async throws {
        let folder = try TestFolder()
        let redis = try await TestRedis()
        let config =
            #"{"worker": "api", "name": "api", "redis": {"url": "\#(redis.url)"}, "listen": [{"port": 0}], "logging": {"level": "debug"}}"#
        try config.write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        // The reader takes one line and goes.
        let script =
            "(\(Cointape.program) run api.json & echo $! >&3; wait $!; echo ended $? >&3) 2>&1 3>out | head -n 1"
        async let line = shell(script, in: folder.path)
        try await eventually("the worker beats") {
            try await redis.client().send(RedisCommand("KEYS", "worker:*")).array?.isEmpty == false
        }
        let process = try #require(Int32(content("\(folder.path)/out").split(separator: "\n")[0]))
        try await disconnect(redis.client())
        #expect(isAlive(process))
        kill(process, SIGTERM)
        try await eventually(within: .seconds(20), "it ends as told") {
            content("\(folder.path)/out").contains("ended 0")
        }
        #expect(try await line.contains("api"))
    }

    @Test func `a file that cannot be opened is a mistake of the config, when a worker is to be started`() async throws
    {
        let folder = try TestFolder()
        try "".write(toFile: "\(folder.path)/taken", atomically: true, encoding: .utf8)
        let config = """
            {"worker": "api", "name": "api", "logging": {"handlers": [{"to": "console"},
              {"to": "file", "path": "taken/api.log"}]}, "listen": [{"port": 0}]}
            """
        try config.write(toFile: "\(folder.path)/api.json", atomically: true, encoding: .utf8)
        #expect(try await Cointape.run(["check", "api.json"], in: folder.path).code == 0)
        let run = try await Cointape.run(["run", "api.json"], in: folder.path)
        #expect(run.code == 78)
        #expect(
            run.text == "api.json:2:26: logging.handlers[1].path: taken/api.log cannot be opened: Not a directory\n")
        let up = try await Cointape.run(["up"], in: folder.path, environment: ["CONFIG_DIR": "."])
        #expect(up.code == 78 && up.text.contains("./api.json:2:26: logging.handlers[1].path: "))
    }

    @Test func `a key of the wrong type is told once and not at each try`() async throws {
        let folder = try TestFolder()
        let redis = try await TestRedis()
        _ = try await redis.client().send(RedisCommand("SET", "toplist", "no stream"))
        let api = try api(folder, #"{"to": "console", "format": "json"}"#, redis: redis.url)
        try await api.prints("worker.retries")
        try await eventually("several more tries") {
            let stats = try await redis.client().send(RedisCommand("INFO", "errorstats")).text ?? ""
            return (stats.firstMatch(of: /errorstat_WRONGTYPE:count=(\d+)/)?.1).flatMap { Int($0) } ?? 0 >= 4
        }
        api.signal(SIGTERM)
        #expect(try await api.exit() == 0)
        #expect(api.text.split(separator: "worker.retries").count == 2)
        #expect(api.text.contains(#""level":"warning","worker":"api","event":"worker.retries""#))
    }

    @Test(.timeLimit(.minutes(5))) func `a healthy minute is one line a worker, and none of an api`() async throws {
        // Slow enough that a minute stays healthy on a machine that is busy with other tests.
        let speed = 5
        let redis = try await TestRedis(["--appendonly", "yes", "--appendfsync", "always"])
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        // From the beginning of a minute: of one that has begun too little may be left to be healthy.
        let start = now / 60_000 * 60_000 - 3 * 3_600_000
        let clock = ["COINTAPE_CLOCK": "\(start)@\(now)x\(speed)"]
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "500"], environment: clock)
        try await sandbox.prints("export CRYPTOCOMPARE_URL=")
        var environment = clock.merging(["REDIS_URL": redis.url, "PORT": "\(try FreePort.next())"]) { $1 }
        for line in sandbox.text.split(separator: "\n") where line.hasPrefix("export ") {
            let pair = line.dropFirst(7).split(separator: "=", maxSplits: 1)
            environment[String(pair[0])] = String(pair[1])
        }
        environment["LOG_FORMAT"] = "json"
        let workers = ["price", "rank", "btc_rate", "toplist", "api"]
        let process = try Cointape(["run"] + workers.map { "config/\($0).json" }, environment: environment)
        try await eventually(within: .seconds(180), "six minutes are joined") {
            try await redis.client().send(RedisCommand("XLEN", "toplist")).integer ?? 0 >= 6
        }
        process.signal(SIGTERM)
        #expect(try await process.exit() == 0)

        var lines: [String: [String: Int]] = [:]
        for line in process.text.split(separator: "\n") {
            let object = try #require(
                try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "no JSON: \(line)")
            let worker = try #require(object["worker"])
            #expect(object["event"] != nil && object["level"] == "info" && object["time"] != nil, "\(line)")
            lines[worker, default: [:]][object["minute"] ?? "", default: 0] += 1
        }
        for worker in workers.dropLast() {
            let minutes = try #require(lines[worker])
            #expect(
                minutes.count >= 6 && minutes.values.allSatisfy { $0 == 1 } && minutes[""] == nil,
                "\(worker): \(minutes)")
        }
        // That it listens, and what its orders survive.
        #expect(lines["api"] == ["": 2])
        #expect(lines.count == 5)
    }
}
