import Basics
import HTTPServer
import NIOCore
import Tape
import TestSupport
import Testing
import TopLists

@testable import Serving

@Suite struct KeptResponsesTests {
    private let minute = Minute(containing: Timestamp.machineTime).advanced(byMinutes: -1)

    @Test(arguments: [
        (date: 7_250, age: 31_100, span: 749), (7_250, 31_600, 399), (7_999, 31_000, 0), (7_000, 31_500, 0),
        (7_400, -20, 0), (7_001, 1, 998),
    ])
    func `a response is kept as long as its date and its age are surely the same second's`(
        date: Int, age: Int, span: Int
    ) {
        let lifetime = KeptResponses.lifetime(
            date: Timestamp(milliseconds: Int64(date)), age: .milliseconds(age))
        #expect(lifetime == .milliseconds(Int64(span)))
    }

    @Test func `the last used responses are kept, up to their bytes, as long as they hold`() throws {
        let list = try TestAPI.list(minute, rows: 3)
        var kept = KeptResponses(capacity: 10_000)
        func key(_ limit: Int) throws -> KeptResponses.Key {
            let query = try ListQuery(QueryString("limit=\(limit)"), accept: nil, now: .machineTime)
            return KeptResponses.Key(list.description, query, .identity)
        }
        func keep(_ limit: Int, _ size: Int) throws {
            let response = Response(200, .bytes([ByteBuffer(repeating: 0, count: size)]), [])
            kept.keep(response, try key(limit), of: list.description, until: .distantFuture)
        }
        for limit in 1...3 { try keep(limit, 2_000) }
        #expect(try (1...3).map { kept.response(try key($0)) != nil } == [false, true, true])
        _ = kept.response(try key(2))
        try keep(4, 2_000)
        #expect(try (1...4).map { kept.response(try key($0)) != nil } == [false, true, false, true])
        // One that is larger than all may be is not kept, and none that shares its list's memory.
        for size in [12_000, 20_000] {
            try keep(5, size)
            #expect(kept.response(try key(5)) == nil)
        }
        kept.keep(Response(200, .none, []), try key(6), of: list.description, until: .now())
        #expect(kept.response(try key(6)) == nil)
    }

    @Test(arguments: ["/", "/?limit=3", "/?limit=100"]) func `other requests for the same rows are other keys`(
        target: String
    ) throws {
        let list = try TestAPI.list(minute, rows: 3).description
        func key(_ query: String, accept: String? = nil, _ coding: ContentCoding = .identity) throws
            -> KeptResponses.Key
        {
            KeptResponses.Key(
                list, try ListQuery(QueryString(query), accept: accept, now: .machineTime), coding)
        }
        let query = String(target.dropFirst(2))
        let mine = try key(query)
        #expect(try mine == key(query) && mine == key(query, accept: "application/json"))
        let others = [
            try key(query, accept: "text/csv"), try key(query, .gzip), try key(query + "&format=JSON"),
            try key(query + "&datetime=now"), try key(query + "&datetime=\(minute)"),
        ]
        #expect(Set([mine] + others).count == 6)
    }

    @Test func `what is kept has the date and the age of the second in which it is sent`() async throws {
        let redis = try await TestRedis()
        let api = try await TestAPI(redis: redis)
        try await api.publish(minute, rows: 3)
        try await eventually("the list is served") { try await api.get("/")["etag"] != nil }
        let (port, clock, minute) = (api.port, api.clock, minute)
        let dates = try await onThread {
            let client = try BlockingClient(port: port)
            let end = Timestamp.machineTime + .milliseconds(2100)
            var dates: Set<String> = []
            while Timestamp.machineTime < end {
                let (before, tape) = (Timestamp.machineTime, clock.now)
                client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
                let answer = try #require(RawAnswer(try client.answer(toHEAD: false)))
                let after = Timestamp.machineTime
                let (date, age) = (try #require(answer["date"]), try #require(answer["age"].flatMap { Int64($0) }))
                dates.insert(date)
                #expect([before.httpDate, after.httpDate].contains(date))
                let ages = [tape, clock.now].map { (($0 - minute.start).milliseconds + 999) / 1000 }
                #expect((ages[0]...ages[1]).contains(age))
            }
            return dates
        }
        #expect(dates.count >= 3)
    }
}
