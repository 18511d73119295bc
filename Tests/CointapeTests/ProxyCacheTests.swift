import Foundation
import Redis
import TestSupport
import Testing

/// The api behind nginx, with the configuration that docs/howto/cache-with-nginx.md shows, in fast motion.
@Suite(.tags(.clock)) struct ProxyCacheTests {
    private static let speed: Int64 = 15

    private func get(_ port: Int, _ target: String, _ headers: [String] = []) async throws -> RawAnswer {
        try #require(try await RawAnswer.of(port, target, headers), "\(target)")
    }

    /// When the list's minute began, in seconds since 1970.
    private func minute(_ answer: RawAnswer) throws -> Int {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        format.timeZone = TimeZone(identifier: "GMT")
        return Int(try #require(format.date(from: answer["last-modified"] ?? "")).timeIntervalSince1970)
    }

    @Test(.timeLimit(.minutes(5)))
    func `ten minutes behind a caching proxy: never older than promised, past minutes once, variants apart`()
        async throws
    {
        let redis = try await TestRedis()
        let client = redis.client()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let clock = ["COINTAPE_CLOCK": "\(now - 3 * 3_600_000)@\(now)x\(Self.speed)"]
        let sandbox = try Cointape(["sandbox", "--port", "0", "--assets", "500"], environment: clock)
        try await sandbox.prints("export CRYPTOCOMPARE_URL=")
        let (port, proxy) = (try FreePort.next(), try FreePort.next())
        var environment = clock.merging(["REDIS_URL": redis.url, "PORT": "\(port)"]) { $1 }
        for line in sandbox.text.split(separator: "\n") where line.hasPrefix("export ") {
            let sides = line.dropFirst(7).split(separator: "=", maxSplits: 1)
            environment[String(sides[0])] = String(sides[1])
        }
        let configs = ["price", "rank", "btc_rate", "toplist", "api"].map { "config/\($0).json" }
        let workers = try Cointape(["run"] + configs, environment: environment)
        let nginx = try await Nginx(api: port, listen: proxy)
        try await eventually(within: .seconds(60), "a list is served through nginx") {
            try await get(proxy, "/").status == 200
        }

        let first = try minute(try await get(port, "/?limit=50"))
        var (polls, hits, round) = (0, 0, 0)
        // Format and coding; the URL is one.
        let variants = [("application/json", ""), ("application/json", "gzip"), ("text/csv", ""), ("text/csv", "gzip")]
        try await eventually(within: .seconds(120), "ten minutes of the tape go by") {
            let (type, coding) = variants[round % variants.count]
            round += 1
            let headers = ["Accept: \(type)", "Accept-Encoding: \(coding)"]
            let direct = try await get(port, "/?limit=50", headers)
            let cached = try await get(proxy, "/?limit=50", headers)
            for answer in [direct, cached] {
                #expect(answer.status == 200)
                #expect(answer["content-type"]?.hasPrefix(type) == true)
                #expect(answer["content-encoding"] == (coding.isEmpty ? nil : coding))
                let start: [UInt8] =
                    coding == "gzip" ? [0x1F, 0x8B] : Array((type == "text/csv" ? "Rank," : "[{").utf8)
                #expect(answer.body.starts(with: start))
            }
            let promised = try #require(direct["cache-control"]?.firstMatch(of: /max-age=(\d+)/)?.1)
            let behind = try minute(direct) - minute(cached)
            #expect(behind <= (Int(promised) ?? 0) * Int(Self.speed), "the list is \(behind) s behind the newest")
            // nginx must not say what it does not keep track of.
            #expect(cached["cache-control"] == "public, no-cache")
            #expect(cached["age"] == nil && cached["x-accel-expires"] == nil)
            if behind == 0 { #expect(cached["etag"] == direct["etag"] && cached.body == direct.body) }
            polls += 1
            if cached["x-cache"] == "HIT" { hits += 1 }
            return try minute(direct) - first >= 600
        }
        #expect(hits > polls / 4, "of \(polls) answers \(hits) came out of the cache")

        // The list of a minute that is past.
        let lists = try #require(try await client.send(RedisCommand("KEYS", "toplist:*")).array).compactMap(\.text)
        let past = try #require(lists.min()).dropFirst("toplist:".count)
        let target = "/?limit=50&datetime=\(past)"
        try await shell("seq 100 | xargs -P 10 -I % curl -sS -o /dev/null '127.0.0.1:\(proxy)\(target)'")
        let statuses = try nginx.statuses(of: target)
        #expect(statuses.count == 100)
        #expect(statuses.filter { $0 != "200 HIT" } == ["200 MISS"], "the api was asked once")
        let direct = try await get(port, target)
        let cached = try await get(proxy, target)
        #expect(cached.body == direct.body)
        #expect(cached["cache-control"] == direct["cache-control"])
        #expect(cached["cache-control"]?.hasSuffix(", immutable") == true)

        for target in ["/?limit=50", target] {
            let full = try await get(proxy, target)
            let tag = try #require(full["etag"])
            // The newest list may change between the two.
            try await eventually("a conditional request for \(target) is answered by 304") {
                let again = try await get(proxy, target)
                let conditional = try await get(proxy, target, ["If-None-Match: \(again["etag"] ?? tag)"])
                return conditional.status == 304 && conditional.body.isEmpty
            }
        }
        let missing = try await get(proxy, "/?datetime=2020-01-01")
        #expect(missing.status == 404)
        #expect(missing["cache-control"] == "no-store")
        nginx.stop()
        workers.signal(SIGTERM)
        #expect(try await workers.exit() == 0)
    }
}

/// nginx with the configuration of docs/howto/cache-with-nginx.md; only ports and folders are the test's.
private final class Nginx: Sendable {
    private let folder: TestFolder
    private let process: Child

    init(api: Int, listen: Int) async throws {
        folder = try TestFolder()
        let path = folder.path
        let page = try String(contentsOfFile: "\(Repository.path)/docs/howto/cache-with-nginx.md", encoding: .utf8)
        let block = try #require(page.firstMatch(of: /```nginx\n(?<block>[^`]*)```/)).block
        for part in ["127.0.0.1:6667", "listen 8080;", "/var/cache/nginx/cointape"] { #expect(block.contains(part)) }
        let site = block.replacing("127.0.0.1:6667", with: "127.0.0.1:\(api)")
            .replacing("listen 8080;", with: "listen 127.0.0.1:\(listen);")
            .replacing("/var/cache/nginx/cointape", with: "\(path)/cache")
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(path)/\($0);" }.joined(separator: "\n")
        // As root it would otherwise give its workers to a user who may not write here.
        let user = getuid() == 0 ? "user root;" : ""
        let config = """
            daemon off; pid \(path)/pid; error_log \(path)/error.log; \(user)
            events {}
            http {
            log_format asked '$request_uri $status $upstream_cache_status';
            access_log \(path)/access.log asked;
            \(temporary)
            \(site)
            }
            """
        try config.write(toFile: "\(path)/nginx.conf", atomically: true, encoding: .utf8)
        process = try Child(
            ["env", "nginx", "-p", path, "-c", "\(path)/nginx.conf"],
            environment: ["PATH": (ProcessInfo.processInfo.environment["PATH"] ?? "") + ":/usr/sbin"])
        let running = process
        try await eventually("nginx starts") {
            guard running.isRunning else {
                throw NotInTimeNow(what: try String(contentsOfFile: "\(path)/error.log", encoding: .utf8))
            }
            return FileManager.default.fileExists(atPath: "\(path)/pid")
        }
    }

    deinit { stop() }

    func stop() {
        process.signal(SIGTERM)
    }

    /// What became of each request for the target.
    func statuses(of target: String) throws -> [String] {
        try String(contentsOfFile: "\(folder.path)/access.log", encoding: .utf8).split(separator: "\n")
            .filter { $0.hasPrefix(target + " ") }.map { String($0.dropFirst(target.count + 1)) }
    }
}
