import Basics
import HTTPServer
import Testing
import TopLists

@testable import Serving

@Suite struct ListQueryTests {
    static let now = Timestamp(milliseconds: 1_795_251_690_250)

    private func query(_ text: String, accept: String? = nil) throws -> ListQuery {
        try ListQuery(QueryString(text), accept: accept, now: Self.now)
    }

    @Test func `asks for 100 rows of the newest list as JSON by default`() throws {
        let query = try query("")
        #expect(query.limit == 100)
        #expect(query.format == .json)
        #expect(query.datetime == nil)
    }

    @Test(arguments: [("1", 1), ("200", 200), ("007", 7), ("99999999999999999999999", Int.max)])
    func `takes any whole number of rows`(text: String, limit: Int) throws {
        #expect(try query("limit=\(text)").limit == limit)
    }

    @Test(
        arguments: [
            ("limit=0", "limit", nil), ("limit=-1", "limit", nil), ("limit=", "limit", nil),
            ("limit=1.5", "limit", nil),
            ("limit=ten", "limit", nil), ("limit=%D9%A3", "limit", nil), ("format=XML", "format", nil),
            ("format=jsn", "format", "JSON"), ("datetime=soon", "datetime", nil), ("limt=3", "limt", "limit"),
            ("date=1", "date", nil), ("limit=1&limit=1", "limit", nil), ("limit=%zz", "limit", nil),
            ("Limit=3", "Limit", "limit"), ("max_age=90", "max_age", nil), ("max_age=0s", "max_age", nil),
            ("max_age=-1s", "max_age", nil), ("max_age=1.5m", "max_age", nil), ("max_age=s", "max_age", nil),
            ("max_age=9999999999999999999s", "max_age", nil), ("match=befor", "match", "before"),
            ("match=", "match", nil),
        ] as [(String, String, String?)])
    func `refuses a bad, unknown or repeated parameter by its name`(
        text: String, parameter: String, nearest: String?
    ) throws {
        let problem = try #require(throws: Problem.self) { try query(text) }
        #expect(problem.status == 422)
        #expect(problem.members.contains { $0.name == "parameter" && $0.value == .text(parameter) })
        #expect(problem.members.first { $0.name == "did_you_mean" }?.value == nearest.map { .text($0) })
    }

    @Test(
        arguments: [
            (nil, "", ListFormat.json), ("*/*", "", .json), ("text/csv", "", .csv), ("text/*", "", .csv),
            ("text/csv;q=0.5, application/json", "", .json), ("application/json;q=0.1, text/csv;q=0.2", "", .csv),
            ("text/html, */*;q=0.8", "", .json), ("text/csv", "format=json", .json),
            ("application/json", "format=Csv", .csv), (nil, "format=ndJSON", .ndjson),
            ("application/x-ndjson", "", .ndjson), ("application/*", "", .json), ("text/plain", "", .json),
            ("application/x-ndjson, application/json;q=0.9, text/csv;q=0.8", "", .ndjson),
            ("application/*;q=0.5, text/csv", "", .csv), ("application/json;q=0, */*", "", .csv),
        ] as [(String?, String, ListFormat)])
    func `format goes before Accept, and JSON before others`(accept: String?, text: String, format: ListFormat) throws {
        #expect(try query(text, accept: accept).format == format)
    }

    @Test func `an age is a whole number of seconds, minutes, hours or days`() throws {
        let ages = try ["90s", "5m", "2h", "1d", "007s"].map { try query("max_age=\($0)").maxAge }
        #expect(ages == [.seconds(90), .seconds(300), .seconds(7200), .seconds(86_400), .seconds(7)])
        #expect(try query("").maxAge == nil)
    }

    @Test func `the nearest of two minutes is the one that is less far away, and the earlier one of two`() throws {
        let minute = Minute(containing: Self.now)
        func choice(_ match: String, before: Int?, after: Int?) throws -> Int? {
            let near = ListHistory.Neighbours(
                before: before.map { minute.advanced(byMinutes: $0) },
                after: after.map { minute.advanced(byMinutes: $0) })
            return try query("match=\(match)").match.choice(near, of: minute).map {
                Int(($0.milliseconds - minute.milliseconds) / 60_000)
            }
        }
        #expect(try choice("exact", before: -1, after: 1) == nil)
        #expect(try choice("before", before: -5, after: 1) == -5)
        #expect(try choice("before", before: nil, after: 1) == nil)
        #expect(try choice("after", before: -5, after: 9) == 9)
        #expect(try choice("nearest", before: -5, after: 4) == 4)
        #expect(try choice("nearest", before: -4, after: 4) == -4)
        #expect(try choice("nearest", before: nil, after: 9) == 9)
        #expect(try choice("nearest", before: nil, after: nil) == nil)
    }

    @Test func `reads a plus sign that a form or a careless client sent`() throws {
        let minute = try query("datetime=2026-11-21T09:00:00Z").datetime
        #expect(try query("datetime=2026-11-21T10:00:00+01:00").datetime == minute)
        #expect(try query("datetime=2026-11-21T10%3A00%3A00%2B01%3A00").datetime == minute)
        #expect(try query("datetime=2026-11-21+10:00:00+01:00").datetime == minute)
    }
}
