import Basics
import Foundation
import HTTPServer
import Redis
import Tape
import TestSupport
import Testing

@testable import Serving

/// `GET /` with lists in a real Redis.
@Suite struct ListRouteTests {
    private let api: TestAPI
    private let minute: Minute

    /// The lists of the last three minutes, the current one not among them, and of ten minutes ago.
    init() async throws {
        // A test may be slow, and the newest list is to stand in for the present minute all the while.
        api = try await TestAPI(margin: "1h", redis: TestRedis())
        minute = Minute(containing: Timestamp.machineTime).advanced(byMinutes: -1)
        for ago in [9, 2, 1, 0] { try await api.publish(minute.advanced(byMinutes: -ago)) }
        let (api, minute) = (api, minute)
        try await eventually("the newest list is served") {
            try await api.get("/")["last-modified"] == minute.start.httpDate
        }
    }

    @Test func `the newest list has its age, and no other place`() async throws {
        let answer = try await api.get("/?limit=3")
        #expect(answer.status == 200)
        #expect(answer["cache-control"] == "public, max-age=65")
        let age = try #require(answer["age"].flatMap { Int($0) })
        #expect((60...180).contains(age))
        #expect(answer["x-accel-expires"] == "\(max(0, 65 - age))")
        #expect(answer["content-location"] == nil)
        #expect(answer["vary"] == "Accept, Accept-Encoding")
        #expect(answer["last-modified"] == minute.start.httpDate)
        #expect(answer["content-encoding"] == nil)
    }

    @Test func `a relative minute and one that is stood in for say where they are for good`() async throws {
        let now = try await api.get("/?datetime=now&limit=03&format=csv")
        #expect(now["content-location"] == "/?datetime=\(minute)&limit=3&format=CSV")
        #expect(now["cache-control"] == "public, max-age=65")
        #expect(now["age"] != nil)
        let current = Minute(containing: api.clock.now)
        let standsIn = try await api.get("/?datetime=\(current)")
        #expect(standsIn["content-location"] == "/?datetime=\(minute)")
        #expect(standsIn["age"] != nil)
        let found = try await api.get(try #require(now["content-location"]))
        #expect(found.body == now.body)
        #expect(found["etag"] == now["etag"])
        // Redis may yet lose what it has just stored: for some minutes a list is not called immutable.
        #expect(found["cache-control"] == "public, max-age=65")
        #expect(found["content-location"] == now["content-location"])
        let past = try await api.get("/?datetime=\(minute.advanced(byMinutes: -9))")
        #expect(past["cache-control"] == "public, max-age=31536000, immutable")
        #expect(past["last-modified"] == minute.advanced(byMinutes: -9).start.httpDate)
        for name in ["age", "content-location", "x-accel-expires"] { #expect(past[name] == nil) }
    }

    @Test func `a minute without a list is served by the one that is asked for instead, which says where it is`()
        async throws
    {
        // Lists are of 0, 1, 2 and 9 minutes before the newest.
        for (ago, match, found) in [
            (5, "before", 9), (5, "after", 2), (5, "nearest", 2), (6, "nearest", 9), (2, "nearest", 2),
            (-1, "before", 0),
            (20, "after", 9), (20, "nearest", 9),
        ] {
            let answer = try await api.get(
                "/?datetime=\(minute.advanced(byMinutes: -ago))&match=\(match)&limit=2&format=CSV")
            let expected = minute.advanced(byMinutes: -found)
            #expect(answer.status == 200, "\(ago) \(match)")
            #expect(answer["last-modified"] == expected.start.httpDate, "\(ago) \(match)")
            guard ago != found else { continue }
            #expect(answer["content-location"] == "/?datetime=\(expected)&limit=2&format=CSV")
            // The minute may still get a list of its own.
            #expect(answer["cache-control"] == "public, max-age=65")
        }
        for (ago, match) in [(20, "before"), (5, "exact")] {
            let answer = try await api.get("/?datetime=\(minute.advanced(byMinutes: -ago))&match=\(match)")
            #expect(answer.status == 404 && answer.text.contains("/problems/no-list"))
        }
    }

    @Test func `a list that is older than the client wants is not served, and no cache keeps it for longer`()
        async throws
    {
        let young = try await api.get("/?max_age=1h")
        #expect(young.status == 200 && young["cache-control"] == "public, max-age=65, must-revalidate")
        let short = try await api.get("/?max_age=10s")
        #expect(short.status == 503 && short["retry-after"] == "5")
        let age = Int((api.clock.now - minute.start).components.seconds)
        #expect(
            short.text.contains(#""type":"/problems/list-stale""#) && short.text.contains(#""minute":"\#(minute)""#))
        let told = try #require(short.text.firstMatch(of: /"age_s":([0-9]+)/).flatMap { Int($0.1) })
        #expect((age - 2...age + 2).contains(told))
        let past = minute.advanced(byMinutes: -9)
        #expect(try await api.get("/?datetime=\(past)&max_age=2m").status == 503)
        let old = try await api.get("/?datetime=\(past)&max_age=1h")
        #expect(old.status == 200 && old["cache-control"] == "public, max-age=65, must-revalidate")
    }

    @Test func `a past minute costs one round trip, however many ask for it at a time`() async throws {
        let redis = try #require(api.redis)
        let (ranges, gets) = (try await redis.calls(of: "xrange"), try await redis.calls(of: "getrange"))
        let target = "/?datetime=\(minute.advanced(byMinutes: -9))"
        // Redis keeps the first one waiting until the others have come.
        _ = try await redis.client().send(RedisCommand("CLIENT", "PAUSE", 1000, "ALL"))
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<30 { group.addTask { try await api.get(target).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == Array(repeating: 200, count: 30))
        #expect(try await redis.calls(of: "xrange") == ranges + 1)
        #expect(try await redis.calls(of: "getrange") == gets + 1)
    }

    @Test func `tags differ by list, rows, format and coding, and by nothing else`() async throws {
        func tag(_ query: String, _ headers: [String] = []) async throws -> String {
            let tag = try #require(try await api.get("/?\(query)", headers)["etag"])
            #expect(tag.wholeMatch(of: /"[!#-~]+"/) != nil)
            return tag
        }
        let all = try await tag("limit=9999")
        #expect(try await tag("limit=99999") == all)
        #expect(try await tag("limit=200&format=json", ["Accept: text/csv"]) == all)
        #expect(try await tag("limit=200&datetime=\(minute)") == all)
        var tags = [all, try await tag("limit=199"), try await tag("limit=200&format=CSV")]
        tags.append(try await tag("limit=200", ["Accept-Encoding: gzip"]))
        tags.append(try await tag("limit=200&format=CSV", ["Accept-Encoding: gzip"]))
        tags.append(try await tag("limit=200&datetime=\(minute.advanced(byMinutes: -1))"))
        #expect(Set(tags).count == 6)
        let replica = try await TestAPI(redis: api.redis)
        try await eventually("the replica has the list too") { try await replica.get("/")["etag"] != nil }
        #expect(try await replica.get("/?limit=9999")["etag"] == all)
        let (one, other) = (
            try await api.get("/", ["Accept-Encoding: gzip"]), try await replica.get("/", ["Accept-Encoding: gzip"])
        )
        #expect(one.body == other.body)
    }

    @Test func `what a client has already is not sent again`() async throws {
        for (target, headers) in [
            ("/?limit=9", []), ("/?limit=200", ["Accept-Encoding: gzip"]), ("/?datetime=-0m&format=CSV", []),
            ("/?datetime=\(minute)", []), ("/openapi.yaml", ["Accept-Encoding: gzip"]),
        ] as [(String, [String])] {
            let full = try await api.get(target, headers)
            #expect(full.status == 200)
            let tag = try #require(full["etag"])
            for method in ["GET", "HEAD"] {
                for condition in ["If-None-Match: \"x\", W/\(tag)", "If-None-Match: *"] {
                    let answer = try await api.get(target, headers + [condition], method: method)
                    #expect(answer.status == 304, "\(target) \(condition)")
                    #expect(answer.body.isEmpty)
                    for name in ["etag", "cache-control", "vary", "content-location", "last-modified"] {
                        #expect(answer[name] == full[name], "\(target): \(name)")
                    }
                    #expect((answer["age"] == nil) == (full["age"] == nil))
                    // A length of 0 would be that of the 200 (RFC 9110, section 8.6).
                    #expect(answer["content-length"] == nil || answer["content-length"] == full["content-length"])
                }
            }
            #expect(try await api.get(target, headers + ["If-None-Match: \"x\""]).status == 200)
            #expect(try await api.get(target, headers + ["If-Match: \"x\", \(tag)"]).status == 200)
            let failed = try await api.get(target, headers + ["If-Match: W/\(tag)"])
            #expect(failed.status == 412 && failed.text.contains("/problems/precondition-failed"))
            guard let modified = full["last-modified"] else { continue }
            #expect(try await api.get(target, headers + ["If-Modified-Since: \(modified)"]).status == 304)
            let older = minute.advanced(byMinutes: -1).start.httpDate
            #expect(try await api.get(target, headers + ["If-Modified-Since: \(older)"]).status == 200)
            #expect(try await api.get(target, headers + ["If-Unmodified-Since: \(older)"]).status == 412)
            let both = ["If-None-Match: \"x\"", "If-Modified-Since: \(modified)"]
            #expect(try await api.get(target, headers + both).status == 200)
        }
    }

    @Test func `NDJSON is the rows of JSON, a line each`() async throws {
        let json = try await api.get("/?limit=150")
        let ndjson = try await api.get("/?limit=150&format=NDJSON")
        #expect(ndjson["content-type"] == "application/x-ndjson")
        #expect(json["etag"]?.replacing("-json", with: "-ndjson") == ndjson["etag"])
        let lines = ndjson.text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 151 && lines.last == "")
        #expect("[" + lines.dropLast().joined(separator: ",") + "]\n" == json.text)
        // Of a past minute too, which is read anew.
        let past = "/?datetime=\(minute.advanced(byMinutes: -9))&limit=20"
        let accepted = try await api.get(past, ["Accept: application/x-ndjson"])
        #expect(accepted["content-type"] == "application/x-ndjson")
        let array = "[" + accepted.text.split(separator: "\n").joined(separator: ",") + "]\n"
        #expect(try await api.get(past).text == array)
    }

    @Test func `gzip is the same list, smaller`() async throws {
        for format in ["JSON", "CSV", "NDJSON"] {
            let plain = try await api.get("/?limit=200&format=\(format)")
            let gzip = try await api.get("/?limit=200&format=\(format)", ["Accept-Encoding: br, gzip"])
            #expect(gzip["content-encoding"] == "gzip")
            #expect(gzip["content-type"] == plain["content-type"])
            #expect(gzip.body.count < plain.body.count / 2)
            #expect(Gunzip.text(gzip.body) == plain.text)
            let again = try await api.get("/?limit=200&format=\(format)", ["Accept-Encoding: gzip"])
            #expect(again.body == gzip.body)
        }
        let short = try await api.get("/?limit=3", ["Accept-Encoding: gzip"])
        #expect(short["content-encoding"] == nil)
        #expect(short["vary"] == "Accept, Accept-Encoding")
    }

    @Test func `errors are problems that nobody may keep`() async throws {
        for (target, status) in [
            ("/?limit=0", 422), ("/?datetime=2020-01-01", 404), ("/?datetime=2999-01-01", 422), ("/x", 404),
        ] {
            let answer = try await api.get(target, ["Accept-Encoding: gzip", "If-None-Match: *"])
            #expect(answer.status == status)
            #expect(answer["content-type"] == "application/problem+json")
            #expect(answer["cache-control"] == "no-store")
            #expect(answer["etag"] == nil)
        }
        let empty = try await TestAPI()
        for target in ["/", "/readyz"] {
            let answer = try await empty.get(target)
            #expect(answer.status == 503)
            #expect(answer["retry-after"].flatMap { Int($0) } ?? 0 >= 1)
            #expect(answer["cache-control"] == "no-store")
            #expect(answer["content-type"] == "application/problem+json")
        }
    }
}
