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
            ("Limit=3", "Limit", "limit"),
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

    @Test func `reads a plus sign that a form or a careless client sent`() throws {
        let minute = try query("datetime=2026-11-21T09:00:00Z").datetime
        #expect(try query("datetime=2026-11-21T10:00:00+01:00").datetime == minute)
        #expect(try query("datetime=2026-11-21T10%3A00%3A00%2B01%3A00").datetime == minute)
        #expect(try query("datetime=2026-11-21+10:00:00+01:00").datetime == minute)
    }
}
