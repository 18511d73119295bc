import Archive
import Basics
import HTTPServer
import NIOCore
import Testing
import TopLists

@testable import Serving

/// What is asked of many minutes, and how it is written, without a socket.
@Suite struct HistoryValuesTests {
    private let now = Timestamp(rfc3339: "2026-11-28T13:05:30Z") ?? Timestamp(milliseconds: 0)

    private func range(_ query: String, step: Int = 1) throws -> HistoryRange {
        try HistoryRange(QueryString(query).values(of: HistoryRange.parameters), step: step, now: now)
    }

    @Test func `a range is the last day unless it is said`() throws {
        let day = try range("")
        #expect("\(day.from) \(day.to) \(day.step)" == "2026-11-27T13:05Z 2026-11-28T13:05Z 1")
        #expect(!day.isAbsolute)
        let past = try range("from=2026-11-01&to=2026-11-02T12:30:59Z&step=4h")
        #expect("\(past.from) \(past.to) \(past.step)" == "2026-11-01T00:00Z 2026-11-02T12:30Z 240")
        #expect(past.isAbsolute)
        #expect(try "\(range("to=2026-11-02").from)" == "2026-11-01T00:00Z")
        #expect(try "\(range("from=-2h").from)" == "2026-11-28T11:05Z")
        #expect(try range("", step: 60).step == 60)
        #expect(try "\(range("step=1d").start(of: range("").from))" == "2026-11-27T00:00Z")
    }

    @Test(arguments: [
        ("from=now", "from"), ("from=2026-11-28T14:00Z", "from"), ("to=2020-01-01&from=2020-01-01", "from"),
        ("from=yesterday", "from"), ("to=", "to"), ("step=2m", "step"), ("step=1M", "step"), ("stop=1h", "stop"),
    ]) func `what cannot be read is named, with what would be right`(query: String, parameter: String) {
        let problem = #expect(throws: Problem.self) { try range(query) }
        #expect(problem?.status == 422 && problem?.members.contains { $0.value == .text(parameter) } == true)
    }

    private func history(
        _ aggregation: CoinHistory.Aggregation, step: String, limit: Int = 100, _ minutes: [(String, String?)]
    ) throws -> (rows: [CoinHistory.Row], next: Minute?) {
        var history = CoinHistory(try range("step=\(step)"), aggregation, limit: limit)
        for (time, price) in minutes {
            let minute = try #require(Minute("2026-11-28T\(time)Z"))
            history.take(minute, price.map { [Array($0.utf8), Array("7".utf8)] }, gap: "at \(time)")
        }
        history.finish()
        return (history.rows, history.next)
    }

    private func cells(_ time: String, _ cells: String...) throws -> CoinHistory.Row {
        .cells(try #require(Minute("2026-11-28T\(time)Z")), cells.map { Array($0.utf8) })
    }

    private func gap(_ time: String, _ code: String) throws -> CoinHistory.Row {
        .gap(try #require(Minute("2026-11-28T\(time)Z")), code)
    }

    @Test func `each step has its last row, and is a gap only without any`() throws {
        let minutes: [(String, String?)] = [
            ("00:58", nil), ("00:59", nil), ("01:00", "1.5"), ("01:01", nil), ("01:59", "2"), ("02:00", nil),
            ("02:01", "3"),
        ]
        #expect(
            try history(.last, step: "1h", minutes).rows == [
                gap("00:00", "at 00:59"), cells("01:00", "2", "7"), cells("02:00", "3", "7"),
            ])
        #expect(try history(.last, step: "1m", minutes).rows.count == 7)
    }

    @Test func `open, high, low and close are the prices as they were written`() throws {
        let minutes: [(String, String?)] = [
            ("01:00", "10.50"), ("01:10", "9"), ("01:20", "100"), ("01:30", nil), ("01:40", "11.0"), ("02:00", nil),
        ]
        #expect(
            try history(.ohlc, step: "1h", minutes).rows == [
                cells("01:00", "10.50", "100", "9", "11.0", "7"), gap("02:00", "at 02:00"),
            ])
    }

    @Test func `behind the last row that there is room for the next answer begins`() throws {
        let minutes = (10..<20).map { ("01:\($0)", Optional("1")) }
        let (rows, next) = try history(.last, step: "1m", limit: 4, minutes)
        #expect(rows.count == 4)
        #expect(next.map { "\($0)" } == "2026-11-28T01:14Z")
        #expect(try history(.last, step: "1m", limit: 10, minutes).next == nil)
    }

    private let columns = [ListColumn(name: "Rank", type: .integer), ListColumn(name: "Price USD", type: .decimal)]

    private static let written: [(ListFormat, String)] = [
        (
            .csv,
            "Minute,Rank,Price USD,Gap\r\n2026-11-28T01:00Z,1,2.50,\r\n2026-11-28T01:01Z,,,upstream\r\n"
                + "2026-11-28T01:02Z,,,\r\n"
        ),
        (
            .json,
            #"[{"Minute":"2026-11-28T01:00Z","Rank":1,"Price USD":2.50},{"Minute":"2026-11-28T01:01Z","Gap":"upstream"},"#
                + #"{"Minute":"2026-11-28T01:02Z","Rank":null,"Price USD":null}]"# + "\n"
        ),
        (
            .ndjson,
            #"{"Minute":"2026-11-28T01:00Z","Rank":1,"Price USD":2.50}"# + "\n"
                + #"{"Minute":"2026-11-28T01:01Z","Gap":"upstream"}"# + "\n"
                + #"{"Minute":"2026-11-28T01:02Z","Rank":null,"Price USD":null}"# + "\n"
        ),
    ]

    @Test(arguments: written) func `a gap is a row with its minute and its code alone`(
        format: ListFormat, expected: String
    ) throws {
        var body = MinuteRows(format, columns.map(\.name))
        try body.append(Array("2026-11-28T01:00Z,1,2.50\r\n".utf8), columns)
        body.append(gap: "upstream", at: try #require(Minute("2026-11-28T01:01Z")))
        try body.append(Array("2026-11-28T01:02Z,,\r\n".utf8), columns)
        #expect(String(buffer: body.finish()) == expected)
    }

    @Test(arguments: ListFormat.allCases) func `rows of lists are the same as one by one`(format: ListFormat) throws {
        let list = "Rank,Symbol,Price USD\r\n1,\"A,\r\nB\",1.5\r\n2,\"say \"\"x\"\"\",0.1\r\n3,C,7\r\n"
        let stored = [ListColumn(name: "Rank", type: .integer), ListColumn(name: "Symbol", type: .string), columns[1]]
        let minute = try #require(Minute("2026-11-28T01:00Z"))
        var (whole, single) = (MinuteRows(format, ["Symbol", "Rank"]), MinuteRows(format, ["Symbol", "Rank"]))
        try whole.append(Array(list.utf8), stored, at: minute, first: 2)
        for row in ["1,\"A,\r\nB\",1.5", "2,\"say \"\"x\"\"\",0.1"] {
            try single.append(Array("\(minute),\(row)\r\n".utf8), stored)
        }
        let text = String(buffer: whole.finish())
        #expect(text == String(buffer: single.finish()))
        #expect(text.contains("say") && !text.contains("C"))
    }

    @Test func `as many streams as there are turns, and one more when one has ended`() {
        let turns = StreamTurns(2)
        var first = turns.take()
        let second = turns.take()
        #expect(first != nil && second != nil && turns.take() == nil)
        first = nil
        #expect(turns.take() != nil)
        withExtendedLifetime(second) {}
    }

    private static let ranges: [(String?, BlockDownload.Wanted)] = [
        (nil, BlockDownload.Wanted.all), ("bytes=0-0", .part(0..<1)), ("bytes=5-", .part(5..<10)),
        ("bytes=-3", .part(7..<10)), ("bytes=-30", .part(0..<10)), ("bytes=2-99999999999999999999", .part(2..<10)),
        ("bytes=9-9", .part(9..<10)), ("bytes=10-", .nothing), ("bytes=99999999999999999999-", .nothing),
        ("bytes=-0", .nothing), ("bytes=5-2", .all), ("bytes=0-1,3-4", .all), ("lines=1-2", .all), ("bytes=a-b", .all),
        ("bytes=-", .all), ("BYTES=1-2", .part(1..<3)),
    ]

    @Test(arguments: ranges) func `one range of bytes is served, and what cannot be read is ignored`(
        field: String?, wanted: BlockDownload.Wanted
    ) {
        #expect(BlockDownload.wanted(field, size: 10) == wanted)
    }

    @Test func `a wildcard stands for one segment that is not empty`() {
        let table = RouteTable(
            ["/coins/<id>/prices", "/coins", "/history/<block>", "/history"].map { path in
                Route(path) { _ in .ready(Response(200, .none, [])) }
            })
        for (path, route) in [
            ("/coins/1/prices", "/coins/<id>/prices"), ("/coins", "/coins"), ("/history/a", "/history/<block>"),
            ("/coins/<id>/prices", "/coins/<id>/prices"),
        ] {
            #expect(table[path]?.path == route)
        }
        for path in [
            "/coins//prices", "/coins/1/2/prices", "/coins/1/", "/coins/1", "/history/", "/history/a/b",
            "/coins/prices",
        ] {
            #expect(table[path] == nil, "\(path)")
        }
    }
}
