import Basics
import Foundation
import TestSupport
import Testing

/// What a provider sends becomes rows as it was sent, or somebody is told why not.
@Suite(.timeLimit(.minutes(2))) struct HonestReadingTests {
    private static let tenCoins = "[" + (1...10).map { "{\"id\":\($0)}" }.joined(separator: ",") + "]"

    @Test func `a parameter that the provider ignores is named, after two calls`() async throws {
        let feed = try await OwnFeed(request: #""pages": {"parameter": "pge", "size": 10, "max": 100}"#) { _ in
            OwnFeed.Answer(Self.tenCoins)
        }
        #expect(
            try await feed.fetch().summary
                == "bad-payload: page 2 has the same items as page 1: the provider ignores the parameter `pge`")
        #expect(feed.calls == 2)
    }

    @Test func `it is named although a total asks for many pages at once`() async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "pge", "size": 10, "max": 100, "total": ".total"}"#, filter: ".coins[]"
        ) { _ in OwnFeed.Answer(#"{"total":1000,"coins":\#(Self.tenCoins)}"#) }
        #expect(try await feed.fetch().summary.hasSuffix("the provider ignores the parameter `pge`"))
        // The first page, and those that were already asked for.
        #expect(feed.calls <= 1 + 4)
    }

    @Test func `ids and prices come as they were sent`() async throws {
        let text = #"{"id":9007199254740993,"price":4.2244000000000002},{"id":9007199254740992,"price":4.2244}"#
        let feed = try await OwnFeed { _ in OwnFeed.Answer("[\(text)]") }
        #expect(try await feed.fetch().rows == "[\(text)]")
    }

    @Test(arguments: [
        (#"{"status": [404]}"#, 404, "Invalid page."), (#"{"status": [400, 404]}"#, 404, #"{"error":"Invalid page."}"#),
        (#"{"filter": ".error? == \"Invalid page.\""}"#, 404, #"{"error":"Invalid page."}"#),
        (#"{"filter": ".error? == \"Invalid page.\""}"#, 400, #"{"error":"Invalid page."}"#),
    ])
    func `a page behind the end may be an error`(end: String, status: Int, body: String) async throws {
        let feed = try await OwnFeed(request: #""pages": {"parameter": "page", "size": 2, "end": \#(end)}"#) {
            request in
            request.parameter("page") == "1" ? OwnFeed.Answer(#"[{"a":1},{"a":2}]"#) : OwnFeed.Answer(status, body)
        }
        let list = try await feed.fetch()
        #expect(list.rows == #"[{"a":1},{"a":2}]"#)
        #expect(list.warnings.isEmpty)
        #expect(feed.calls == 2)
    }

    @Test(arguments: [#"{"status": [404]}"#, #"{"filter": "true"}"#])
    func `the first page is not behind the end`(end: String) async throws {
        let feed = try await OwnFeed(request: #""pages": {"parameter": "page", "size": 2, "end": \#(end)}"#) { _ in
            OwnFeed.Answer(404, #"{"error":"Invalid page."}"#)
        }
        #expect(try await feed.fetch().summary.hasPrefix("stopped: HTTP 404"))
    }

    @Test func `a page may say that it is the last`() async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "page", "size": 2, "end": {"filter": ".more | not"}}"#, filter: ".data[]"
        ) { request in
            let page = Int(request.parameter("page") ?? "") ?? 0
            return OwnFeed.Answer(#"{"more":\#(page < 3),"data":[{"a":\#(page)},{"b":\#(page)}]}"#)
        }
        #expect(try await feed.fetch().rows == #"[{"a":1},{"b":1},{"a":2},{"b":2},{"a":3},{"b":3}]"#)
        #expect(feed.calls == 3)
    }

    @Test(arguments: [
        ("error(\"no\")", "filter: no"), (".a[]", "filter: Cannot iterate over null (null)"),
        (
            "{id: 1, quote: {}}",
            "filter: the filter made an object whose member \"quote\" is an object, not a flat object a row"
        ),
        ("{ids: []}", "filter: the filter made an object whose member \"ids\" is an array, not a flat object a row"),
    ])
    func `a filter that fails by itself is named, after one call`(filter: String, detail: String) async throws {
        let escaped = filter.replacing("\"", with: "\\\"")
        let feed = try await OwnFeed(filter: escaped) { _ in OwnFeed.Answer("{}") }
        let summary = try await feed.fetch().summary
        #expect(summary == #"bad-payload: \#(detail); the page begins "{}""#)
        #expect(feed.calls == 1)
    }

    @Test(arguments: [
        (#""as_of": ".x.y.z""#, "", "as_of: Cannot index number with string \"y\""),
        ("", #""pages": {"parameter": "p", "size": 1, "total": ".x.y"}"#, "pages.total: Cannot index number"),
        (
            "", #""pages": {"parameter": "p", "size": 1, "items": "\"many\""}"#,
            "pages.items: the filter made many where"
        ),
        (#""failure": "[]""#, "", "failure: the filter made array, not a flat object"),
    ])
    func `so is each other filter`(more: String, request: String, detail: String) async throws {
        let feed = try await OwnFeed(request: request, filter: "{id: .x}", more) { _ in OwnFeed.Answer(#"{"x":1}"#) }
        let summary = try await feed.fetch().summary
        #expect(summary.hasPrefix("bad-payload: \(detail)"), "\(summary)")
        #expect(feed.calls == 1)
    }

    @Test(
        arguments: [
            ("application/json; charset=ISO-8859-1", [0xE9], "é"),
            ("application/json;charset=\"windows-1252\"", [0x80], "€"),
            ("text/plain; boundary=x; Charset=utf-16le", [], ""),
            ("application/json; charset=shift_jis", [0x83, 0x52], "コ"),
            ("application/json; charset=Shift_JIS", Array(#"a\\b ~"#.utf8) + [0x83, 0x52], #"a\\b ~コ"#),
            ("application/json; charset=iso-8859-1", [0x80], "€"),
            ("application/json; charset=gb2312", [0x84, 0xB0], "劙"),
            ("application/json; charset=windows-1258", [0x41], "A"),
            ("application/json; charset=iso-2022-jp", [0x1B, 0x24, 0x42, 0x25, 0x33, 0x1B, 0x28, 0x42], "コ"),
            ("text/json; charset='UTF_8', application/json", [0xC3, 0xA9], "é"),
            ("application/json; charset=utf-8", [0xC3, 0xA9], "é"), ("application/json", [0xC3, 0xA9], "é"),
        ] as [(String, [UInt8], String)])
    func `a body is decoded by the character set in its header`(type: String, bytes: [UInt8], text: String) async throws
    {
        var body = Array(#"[{"name":""#.utf8) + bytes + Array(#""}]"#.utf8)
        if type.contains("16") { body = body.flatMap { [$0, 0] } }
        let answer = OwnFeed.Answer(bytes: body, headers: ["Content-Type: \(type)"])
        let feed = try await OwnFeed { _ in answer }
        let list = try await feed.fetch()
        #expect(list.rows == #"[{"name":"\#(text)"}]"#)
        #expect(list.warnings.isEmpty)
    }

    @Test(arguments: [
        ("x-unknown", "the body is in the character set \"x-unknown\", which cannot be decoded here"),
        ("../../x", "the body is in the character set \"../../x\", which cannot be decoded here"),
        ("utf-16be", "the body is not written in utf-16be, as its header says"),
    ])
    func `a body that cannot be decoded is refused`(charset: String, detail: String) async throws {
        let answer = OwnFeed.Answer(
            bytes: charset == "utf-16be"
                ? [0x00, 0x5B, 0x00, 0x5D, 0x00] : Array(#"[{"a":"b"#.utf8) + [0xFF] + Array(#""}]"#.utf8),
            headers: ["Content-Type: application/json; charset=\(charset)"])
        let feed = try await OwnFeed(request: #""retries": 0"#) { _ in answer }
        #expect(try await feed.fetch().summary.hasPrefix("bad-payload: \(detail)"))
    }

    @Test(arguments: [("euc-jp", [0xFF]), ("iso-8859-1", [0x81])] as [(String, [UInt8])])
    func `one byte that is no character does not lose a page, and is told`(charset: String, bytes: [UInt8]) async throws
    {
        let answer = OwnFeed.Answer(
            bytes: Array(#"[{"a":"b"#.utf8) + bytes + Array(#"c"}]"#.utf8),
            headers: ["Content-Type: application/json; charset=\(charset)"])
        let list = try await OwnFeed { _ in answer }.fetch()
        #expect(list.rows == "[{\"a\":\"b\u{FFFD}c\"}]")
        #expect(list.warnings == ["texts have characters that could not be read: they are U+FFFD in the rows"])
    }

    @Test(arguments: ["iso-8859-1", "x-unknown"])
    func `a body of UTF-8 is read as that, whatever its header says`(charset: String) async throws {
        let answer = OwnFeed.Answer(
            bytes: Array(#"[{"name":"Zürich"}]"#.utf8), headers: ["Content-Type: application/json; charset=\(charset)"])
        #expect(try await OwnFeed { _ in answer }.fetch().rows == #"[{"name":"Zürich"}]"#)
    }

    @Test func `bytes that are not UTF-8 are told`() async throws {
        let answer = OwnFeed.Answer(bytes: Array(#"[{"a":"b"#.utf8) + [0xE9] + Array(#""}]"#.utf8))
        let list = try await OwnFeed { _ in answer }.fetch()
        #expect(list.rows == "[{\"a\":\"b\u{FFFD}\"}]")
        #expect(list.warnings == ["texts have characters that could not be read: they are U+FFFD in the rows"])
    }

    @Test(arguments: ["2017-12-01T00:00:00Z", "2020-01-01", "1609459200", "1609459200000"])
    func `data of years ago is refused, unless the config says how old it may be`(time: String) async throws {
        let body = #"{"time":"\#(time)","rows":[{"id":1}]}"#
        let feed = try await OwnFeed(filter: ".rows[]", #""as_of": ".time""#) { _ in OwnFeed.Answer(body) }
        let summary = try await feed.fetch().summary
        #expect(summary.hasPrefix("too-old: the data is of 20") && summary.hasSuffix("and as_of.max_age is 7d"))
        let patient = try await OwnFeed(
            filter: ".rows[]", #""as_of": {"filter": ".time", "max_age": "3660d"}"#
        ) { _ in OwnFeed.Answer(body) }
        #expect(try await patient.fetch().summary.hasPrefix("1 rows, as of 20"))
    }

    @Test func `a time that is not found is told`() async throws {
        let list = try await OwnFeed(#""as_of": ".time""#) { _ in OwnFeed.Answer(#"[{"id":1}]"#) }
        // The filter meets an array.
        #expect(try await list.fetch().summary.hasPrefix("bad-payload: as_of: Cannot index array"))
        let feed = try await OwnFeed(filter: ".rows[]", #""as_of": ".time""#) { _ in
            OwnFeed.Answer(#"{"rows":[{"id":1}]}"#)
        }
        #expect(try await feed.fetch().warnings == ["as_of finds no time, so nobody would notice old data"])
    }

    @Test func `a list that is cut says so`() async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "page", "size": 2, "max": 2, "total": ".total"}"#, filter: ".rows[]"
        ) { request in
            let page = request.parameter("page") ?? ""
            return OwnFeed.Answer(#"{"total":10,"rows":[{"a":"\#(page)"},{"b":"\#(page)"}]}"#)
        }
        let list = try await feed.fetch()
        #expect(list.summary == "4 rows of 2 pages, capped (10 told)")
        #expect(list.warnings == ["the list is cut at request.pages.max, and there is more of it"])
    }

    @Test func `pages by offset need no items`() async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "offset", "first": 0, "step": 3, "size": 3}"#, filter: ".rows[]"
        ) { request in
            let offset = Int(request.parameter("offset") ?? "") ?? 0
            let rows = (offset..<max(offset, min(8, offset + 3))).map { "{\"id\":\($0)}" }
            return OwnFeed.Answer("{\"rows\":[\(rows.joined(separator: ","))]}")
        }
        #expect(try await feed.fetch().rows == "[\((0..<8).map { "{\"id\":\($0)}" }.joined(separator: ","))]")
    }
}
