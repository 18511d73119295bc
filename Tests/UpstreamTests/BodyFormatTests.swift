import TestSupport
import Testing

/// Bodies that are not one JSON value.
@Suite(.timeLimit(.minutes(2))) struct BodyFormatTests {
    @Test func `CSV becomes objects of texts`() async throws {
        let text = "Date, USD ,\"JP\"\"Y\",\r\n2026-11-27,1.0838,\"162,1\" ,\r\n\r\n2026-11-26,1.08,,\r\n"
        let filter =
            #".[] | {names: (keys_unsorted | sort | join(\" \")), date: .Date, usd: .USD, jpy: .[\"JP\\\"Y\"]}"#
        let feed = try await OwnFeed(filter: filter, #""body": "csv""#) { _ in OwnFeed.Answer(text) }
        #expect(
            try await feed.fetch().rows == """
                [{"names":"Date JP\\"Y USD","date":"2026-11-27","usd":"1.0838","jpy":"162,1"},\
                {"names":"Date JP\\"Y USD","date":"2026-11-26","usd":"1.08","jpy":""}]
                """)
    }

    @Test func `CSV may have another delimiter, no header, and lines before it`() async throws {
        let text = "\u{FEFF}Rates of the bank\n(c)\nUSD;1,08\nJPY;162\n"
        let feed = try await OwnFeed(
            filter: ".[] | {code: .code, rate: (.rate | sub(\\\",\\\"; \\\".\\\"))}",
            #""body": {"format": "csv", "delimiter": ";", "columns": ["code", "rate", "note"], "skip": 2}"#
        ) { _ in OwnFeed.Answer(text) }
        #expect(try await feed.fetch().rows == #"[{"code":"USD","rate":"1.08"},{"code":"JPY","rate":"162"}]"#)
    }

    @Test(arguments: [
        ("<html><p>Down, sorry</p></html>", "the body is HTML or XML, not CSV"),
        ("a,b\n1,2,3\n", "record 2 of the CSV has a field 3, which has no column"),
        ("a,b,a\n", "two columns of the CSV are called \"a\""), ("a,b\n1,\"2", "the CSV ends within quotes"),
    ])
    func `CSV that is none is refused`(text: String, detail: String) async throws {
        let feed = try await OwnFeed(request: #""retries": 0"#, #""body": "csv""#) { _ in OwnFeed.Answer(text) }
        #expect(try await feed.fetch().summary.hasPrefix("bad-payload: \(detail)"))
    }

    @Test func `CSV in Latin-1 is decoded`() async throws {
        let answer = OwnFeed.Answer(
            bytes: Array("name\nZ".utf8) + [0xFC] + Array("rich\n".utf8),
            headers: ["Content-Type: text/csv; charset=iso-8859-1"])
        #expect(try await OwnFeed(#""body": "csv""#) { _ in answer }.fetch().rows == #"[{"name":"Zürich"}]"#)
    }

    @Test func `values a line are an array`() async throws {
        let feed = try await OwnFeed(#""body": "ndjson""#) { _ in
            OwnFeed.Answer("{\"a\":1}\n{\"a\":9007199254740993}\r\n\n")
        }
        #expect(try await feed.fetch().rows == #"[{"a":1},{"a":9007199254740993}]"#)
        let cut = try await OwnFeed(request: #""retries": 0"#, #""body": "ndjson""#) { _ in
            OwnFeed.Answer("{\"a\":1}\n{\"a\":")
        }
        #expect(try await cut.fetch().summary.hasPrefix("bad-payload: not one whole JSON value"))
    }

    @Test func `a text with many odd bytes is decoded in one go`() async throws {
        let line = Array("name of a row,".utf8) + [0x81] + Array("\n".utf8)
        let text = Array("a,b\n".utf8) + Array((0..<20_000).map { _ in line }.joined())
        // One byte of a thousand may be none of the character set.
        let page = text + Array((0..<400_000).map { _ in Array("a row of seven bits and more,b\n".utf8) }.joined())
        let answer = OwnFeed.Answer(bytes: page, headers: ["Content-Type: text/csv; charset=iso-8859-1"])
        let began = ContinuousClock.now
        let list = try await OwnFeed(filter: ".[0:3][]", #""body": "csv""#) { _ in answer }.fetch()
        #expect(list.summary.hasPrefix("bad-payload: the body is not written in CP1252"), "\(list.summary)")
        #expect(ContinuousClock.now - began < .seconds(20))
    }

}
