import Basics
import Config
import Digests
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Fetching

/// What a config can ask a provider for, beside a page by its number.
@Suite(.timeLimit(.minutes(2))) struct RequestLanguageTests {
    private static var today: String { String(Timestamp.machineTime.rfc3339.prefix(10)) }

    @Test func `dates stand in the path, the query and headers`() async throws {
        let feed = try await OwnFeed(
            path: "/${today:yyyy/MM}/x",
            request: #""query": {"from": "${today-1d}", "to": "${minute:unix}"}, "headers": {"X-Day": "${today}"}"#
        ) { _ in OwnFeed.Answer("[]") }
        _ = try await feed.fetch()
        let request = try #require(feed.server.requests.first)
        #expect(request.path.hasPrefix("/\(Self.today.prefix(7).replacing("-", with: "%2F"))/x?from=20"))
        let to = try #require(request.parameter("to").flatMap { Int64($0) })
        #expect(to % 60 == 0 && abs(Timestamp.machineTime.milliseconds / 1000 - to) < 120)
        #expect(request.headers.contains("X-Day: \(Self.today)"))
    }

    @Test func `a variable sends requests elsewhere although the URL has a date`() throws {
        let context = ConfigContext(file: "", environment: ["MOOD_URL": "http://127.0.0.1:1"])
        let text = #"{"request": {"url": "${MOOD_URL:-https://mood.invalid}/day/${today-1d}/${each}"}}"#
        let reader = try #require(context.reader(of: Array(text.utf8)))
        #expect(FeedNeeds.urlVariables(in: reader.object("request", "")) == ["MOOD_URL"])
    }

    @Test func `an array repeats a parameter`() async throws {
        let feed = try await OwnFeed(request: #""query": {"id": ["a b", 2], "x": true}"#) { _ in OwnFeed.Answer("[]") }
        _ = try await feed.fetch()
        #expect(feed.server.requests.first?.path == "/list?id=a%20b&id=2&x=true")
    }

    @Test func `a body of JSON is posted, with what differs in its strings`() async throws {
        let feed = try await OwnFeed(
            request: #""json": {"day": "${today}", "q": "a \"b\"", "n": [1.50, null, true]}, "query": {"v": 1}"#
        ) { _ in OwnFeed.Answer(#"[{"a":1}]"#) }
        #expect(try await feed.fetch().rows == #"[{"a":1}]"#)
        let request = try #require(feed.server.requests.first)
        #expect(request.line == "POST /list?v=1 HTTP/1.1")
        #expect(request.headers.contains("Content-Type: application/json"))
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == #"{"day":"\#(Self.today)","q":"a \"b\"","n":[1.50,null,true]}"#)
    }

    @Test func `a form is posted`() async throws {
        let feed = try await OwnFeed(
            request:
                #""form": {"a": "x y&z", "b": ["1", "2"]}, "headers": {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}"#
        ) { _ in OwnFeed.Answer(#"[{"a":1}]"#) }
        _ = try await feed.fetch()
        let request = try #require(feed.server.requests.first)
        #expect(String(decoding: request.body, as: UTF8.self) == "a=x%20y%26z&b=1&b=2")
        #expect(request.headers.filter { $0.lowercased().hasPrefix("content-type") }.count == 1)
    }

    @Test func `a POST without a body, and one that is redirected`() async throws {
        let feed = try await OwnFeed(request: #""method": "POST""#) { _ in
            OwnFeed.Answer(302, "", headers: ["Location: /elsewhere"])
        }
        #expect(try await feed.fetch().summary == "stopped: HTTP 302, empty body")
        #expect(feed.server.requests.map(\.line) == ["POST /list HTTP/1.1"])
    }

    @Test func `each value is asked for, in order, and named in its rows`() async throws {
        let feed = try await OwnFeed(
            request: #""each": {"parameter": "symbol", "values": ["B", "A", "C D"], "as": "symbol"}"#, filter: "."
        ) { request in OwnFeed.Answer(#"{"price":"of \#(request.parameter("symbol") ?? "")"}"#) }
        #expect(
            try await feed.fetch().rows
                == #"[{"symbol":"B","price":"of B"},{"symbol":"A","price":"of A"},{"symbol":"C D","price":"of C%20D"}]"#
        )
        #expect(feed.calls == 3)
    }

    @Test func `each value stands where the config wants it, and has its own pages`() async throws {
        let feed = try await OwnFeed(
            path: "/of/${each}",
            request: #""each": {"values": ["x/y", "z"]}, "pages": {"parameter": "page", "size": 1}"#
        ) { request in
            let page = request.parameter("page") ?? ""
            let path = request.path.prefix { $0 != "?" }
            return OwnFeed.Answer(page == "3" ? "[]" : #"[{"at":"\#(path) \#(page)"}]"#)
        }
        #expect(
            try await feed.fetch().rows
                == #"[{"at":"/of/x%2Fy 1"},{"at":"/of/x%2Fy 2"},{"at":"/of/z 1"},{"at":"/of/z 2"}]"#)
    }

    @Test func `a value that fails fails the list`() async throws {
        let feed = try await OwnFeed(request: #""each": {"parameter": "s", "values": ["a", "b"]}"#) { request in
            request.parameter("s") == "b" ? OwnFeed.Answer(404, "no b") : OwnFeed.Answer(#"[{"a":1}]"#)
        }
        #expect(try await feed.fetch().summary == #"stopped: HTTP 404: "no b""#)
    }

    @Test(arguments: [#"".next""#, #"{"filter": ".next"}"#, #"{"header": "X-Next"}"#])
    func `a cursor leads to the next page`(cursor: String) async throws {
        let feed = try await OwnFeed(
            request: #""query": {"limit": 2}, "pages": {"parameter": "after", "cursor": \#(cursor)}"#, filter: ".rows[]"
        ) { request in
            let after = request.parameter("after").flatMap { Int($0) } ?? 0
            let next = after < 4 ? "\(after + 2)" : "null"
            return OwnFeed.Answer(
                #"{"next":\#(next),"rows":[{"id":\#(after)},{"id":\#(after + 1)}]}"#,
                headers: after < 4 ? ["X-Next: \(next)"] : [])
        }
        #expect(try await feed.fetch().rows == "[\((0..<6).map { "{\"id\":\($0)}" }.joined(separator: ","))]")
        #expect(
            feed.server.requests.map(\.path) == ["/list?limit=2", "/list?limit=2&after=2", "/list?limit=2&after=4"])
    }

    @Test func `a cursor is as exact as it was sent`() async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "after", "cursor": ".next"}"#, filter: "{id: .id}"
        ) { request in
            OwnFeed.Answer(request.parameter("after") == nil ? #"{"id":1,"next":9007199254740993}"# : #"{"id":2}"#)
        }
        _ = try await feed.fetch()
        #expect(feed.server.requests.last?.path == "/list?after=9007199254740993")
    }

    @Test func `a Link header leads to the next page, on the provider's own host alone`() async throws {
        let feed = try await OwnFeed(request: #""pages": {"next": {"header": "Link"}}"#) { request in
            let page = request.parameter("p").flatMap { Int($0) } ?? 1
            let link = #"<https://127.0.0.1/list?p=\#(page + 1)&x=a,b>; rel="next", </list?p=9>; rel="last""#
            return OwnFeed.Answer(#"[{"p":\#(page)}]"#, headers: page < 3 ? ["Link: \(link)"] : [])
        }
        #expect(try await feed.fetch().rows == #"[{"p":1},{"p":2},{"p":3}]"#)
        #expect(feed.server.requests.map(\.path) == ["/list", "/list?p=2&x=a,b", "/list?p=3&x=a,b"])
        let strange = try await OwnFeed(request: #""pages": {"next": ".[0].next"}"#) { _ in
            OwnFeed.Answer(#"[{"next":"http://elsewhere.invalid/x"}]"#)
        }
        #expect(
            try await strange.fetch().summary
                == "stopped: the next page is at http://elsewhere.invalid/x, which is not on the same host")
        #expect(strange.calls == 1)
    }

    @Test func `several relations, spaces and letters in a URL are what servers write`() async throws {
        let feed = try await OwnFeed(request: #""pages": {"next": {"header": "Link"}}"#) { request in
            request.path == "/list"
                ? OwnFeed.Answer(#"[{"a":1}]"#, headers: [#"Link: </é x?q=a b>; title="y"; rel="prev next""#])
                : OwnFeed.Answer(#"[{"a":2}]"#)
        }
        #expect(try await feed.fetch().rows == #"[{"a":1},{"a":2}]"#)
        #expect(feed.server.requests.last?.path.lowercased() == "/%c3%a9%20x?q=a+b")
    }

    @Test func `a relative URL leads to the next page`() async throws {
        let feed = try await OwnFeed(request: #""pages": {"next": ".links.next"}"#, filter: "{n}") { request in
            OwnFeed.Answer(
                request.path == "/list" ? #"{"n":1,"links":{"next":"?cursor=a%2Fb"}}"# : #"{"n":2,"links":{}}"#)
        }
        #expect(try await feed.fetch().rows == #"[{"n":1},{"n":2}]"#)
        #expect(feed.server.requests.last?.path.lowercased() == "/list?cursor=a%2fb")
    }

    @Test func `the total may stand in a header`() async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "page", "size": 2, "total": {"header": "x-total-count"}}"#
        ) { request in
            let page = request.parameter("page") ?? ""
            return OwnFeed.Answer(
                page == "3" ? #"[{"c":3}]"# : #"[{"a":\#(page)},{"b":\#(page)}]"#, headers: ["X-Total-Count: 5"])
        }
        #expect(try await feed.fetch().summary == "5 rows of 3 pages")
        #expect(feed.calls == 3)
    }

    @Test func `a token is got once, and again when it is refused`() async throws {
        let feed = try await OwnFeed(
            request: """
                "headers": {"Authorization": "Bearer ${token}"},
                "token": {"url": "URL/login", "form": {"id": "me"}, "filter": ".access_token", "expires": ".expires_in"}
                """
        ) { request in
            if request.path == "/login" {
                return OwnFeed.Answer(#"{"access_token":"token-\#(request.connection)-x","expires_in":3600}"#)
            }
            return OwnFeed.Answer(#"[{"a":1}]"#)
        }
        #expect(try await feed.fetch().rows == #"[{"a":1}]"#)
        #expect(feed.server.requests.map(\.line) == ["POST /login HTTP/1.1", "GET /list HTTP/1.1"])
        #expect(feed.server.requests.last?.headers.contains { $0.hasPrefix("Authorization: Bearer token-") } == true)
    }

    @Test func `pages share a token; one that is refused is replaced once, and never told`() async throws {
        let logins = Counter()
        let feed = try await OwnFeed(
            request: """
                "headers": {"Authorization": "Bearer ${token}"}, "pages": {"parameter": "p", "size": 1, "max": 3},
                "token": {"url": "URL/login", "filter": ".t"}
                """
        ) { request in
            if request.path == "/login" { return OwnFeed.Answer(#"{"t":"canary-\#(logins.next())"}"#) }
            let token = request.headers.first { $0.hasPrefix("Authorization") } ?? ""
            // The first token ends behind the first page.
            if request.parameter("p") != "1", token.hasSuffix("canary-1") { return OwnFeed.Answer(401, "old \(token)") }
            return OwnFeed.Answer(#"[{"p":\#(request.parameter("p") ?? "")}]"#)
        }
        #expect(try await feed.fetch().rows == #"[{"p":1},{"p":2},{"p":3}]"#)
        #expect(logins.count == 2)
        let refused = try await OwnFeed(
            request: #""query": {"t": "${token}"}, "token": {"url": "URL/login", "filter": ".t"}"#
        ) { request in
            request.path == "/login" ? OwnFeed.Answer(#"{"t":"canary-0123"}"#) : OwnFeed.Answer(401, request.path)
        }
        #expect(try await refused.fetch().summary == #"stopped: HTTP 401: "/list?t=***""#)
        #expect(refused.calls == 4)
        for (filter, more) in [
            ("error(.error)", ""), (".", #""failure": "select(.error) | {message: .error, action: \"stop\"}""#),
            ("{n: 1}", #""as_of": "error(.error)""#),
        ] {
            let quoting = try await OwnFeed(
                request: #""query": {"t": "${token}"}, "token": {"url": "URL/login", "filter": ".t"}"#, filter: filter,
                more
            ) { request in
                OwnFeed.Answer(request.path == "/login" ? #"{"t":"canary-0123"}"# : #"{"error":"no canary-0123 here"}"#)
            }
            let summary = try await quoting.fetch().summary
            #expect(summary.contains("no *** here") && !summary.contains("canary"), "\(summary)")
        }
    }

    @Test func `a token that several calls find refused at once is replaced for all`() async throws {
        let logins = Counter()
        let feed = try await OwnFeed(
            request: """
                "headers": {"X-T": "${token}"}, "each": {"parameter": "v", "values": ["a", "b", "c", "d", "e"]},
                "token": {"url": "URL/login", "filter": ".t"}
                """
        ) { request in
            if request.path == "/login" { return OwnFeed.Answer(#"{"t":"t\#(logins.next())"}"#) }
            let isOld = request.headers.contains("X-T: t1")
            return isOld && request.parameter("v") != "a" ? OwnFeed.Answer(401, "old") : OwnFeed.Answer(#"[{"a":1}]"#)
        }
        #expect(try await feed.fetch().summary == "5 rows of 5 pages")
        #expect(logins.count == 2)
    }

    @Test func `a token that a filter cannot read is not quoted, and one with a line break is refused`() async throws {
        let feed = try await OwnFeed(
            request:
                #""query": {"t": "${token}"}, "token": {"url": "URL/login", "filter": ".t", "expires": ".t | fromjson"}"#
        ) { _ in OwnFeed.Answer(#"{"t":"canary-0123"}"#) }
        #expect(try await feed.fetch().summary == "bad-payload: token: a filter fails on the answer")
        let broken = try await OwnFeed(
            request: #""headers": {"X-T": "${token}"}, "token": {"url": "URL/login", "filter": ".t"}"#
        ) { _ in OwnFeed.Answer(#"{"t":"a\r\nX-Evil: 1"}"#) }
        #expect(try await broken.fetch().summary == "bad-payload: token: it has control characters")
    }

    @Test func `a row that has the value's member already stays as it is`() async throws {
        let feed = try await OwnFeed(
            request: #""each": {"parameter": "s", "values": ["a"], "as": "s"}"#
        ) { _ in OwnFeed.Answer(#"[{"s":"own"},{"b":1},{}]"#) }
        #expect(try await feed.fetch().rows == #"[{"s":"own"},{"s":"a","b":1},{"s":"a"}]"#)
    }

    @Test func `a relative URL is relative to the page that names it`() async throws {
        let feed = try await OwnFeed(request: #""pages": {"next": ".next"}"#, filter: "{n}") { request in
            switch request.path {
            case "/list": OwnFeed.Answer(#"{"n":1,"next":"/v2/x/1"}"#)
            case "/v2/x/1": OwnFeed.Answer(#"{"n":2,"next":"2"}"#)
            case "/v2/x/2": OwnFeed.Answer(#"{"n":3}"#)
            default: OwnFeed.Answer(404, "")
            }
        }
        #expect(try await feed.fetch().rows == #"[{"n":1},{"n":2},{"n":3}]"#)
    }

    @Test func `a chain that leads round in a circle is a fault`() async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "c", "cursor": "\"same\""}"#, filter: ".[]"
        ) { request in OwnFeed.Answer(#"[{"t":"\#(request.connection) \#(request.path)"}]"#) }
        let summary = try await feed.fetch().summary
        #expect(
            summary.hasPrefix("bad-payload: page 2 names the same next page as page 1: they lead round"), "\(summary)")
        #expect(feed.calls == 2)
    }

    @Test(arguments: ["9223372036854775807", "99999999999999999999", "-1", "x"])
    func `a total that is none is none`(total: String) async throws {
        let feed = try await OwnFeed(
            request: #""pages": {"parameter": "page", "size": 2, "max": 5, "total": {"header": "X-Total"}}"#
        ) { request in
            OwnFeed.Answer(
                request.parameter("page") == "1" ? #"[{"a":1},{"a":2}]"# : "[]", headers: ["X-Total: \(total)"])
        }
        #expect(try await feed.fetch().summary.hasPrefix("2 rows"))
    }

    @Test(arguments: [
        (OwnFeed.Answer(403, "secret"), "stopped: token: HTTP 403"),
        (OwnFeed.Answer("{}"), "bad-payload: token: its filter finds none"),
        (OwnFeed.Answer("<html>"), "bad-payload: token: the answer is not JSON"),
    ])
    func `a token that is not got is the gap's reason`(answer: OwnFeed.Answer, gap: String) async throws {
        let feed = try await OwnFeed(
            request: #""query": {"t": "${token}"}, "token": {"url": "URL/login", "filter": ".t"}"#
        ) {
            _ in answer
        }
        let summary = try await feed.fetch().summary
        #expect(summary.hasPrefix(gap), "\(summary)")
        #expect(feed.calls == 1)
    }

    @Test func `a request is signed over its time, method, path, query and body`() async throws {
        let feed = try await OwnFeed(
            path: "/v1/rates",
            request: """
                "query": {"b": "x y"}, "json": {"c": 1},
                "headers": {"X-Time": "${now:unix_ms}", "X-Sign": "${signature}"},
                "sign": {"key": "a2V5", "key_is": "base64", "hash": "sha512", "as": "base64",
                         "of": "${now:unix_ms}${method}${path}?${query}${body}"}
                """
        ) { _ in OwnFeed.Answer("[]") }
        _ = try await feed.fetch()
        let request = try #require(feed.server.requests.first)
        func header(_ name: String) -> String? {
            request.headers.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        let time = try #require(header("X-Time"))
        let message = #"\#(time)POST/v1/rates?b=x%20y{"c":1}"#
        let expected = Digest.hmac(.sha512, key: Array("key".utf8), Array(message.utf8))
        #expect(header("X-Sign") == Data(expected).base64EncodedString())
    }

    @Test func `a signature stands in the query, behind what it signs`() async throws {
        let feed = try await OwnFeed(
            request: """
                "query": {"signature": "${signature}", "symbol": "BTC"}, "sign": {"key": "secret-key", "of": "${query}"},
                "pages": {"parameter": "page", "size": 10, "max": 1}
                """
        ) { _ in OwnFeed.Answer("[]") }
        _ = try await feed.fetch()
        let code = Digest.hexadecimal(Digest.hmac(key: Array("secret-key".utf8), Array("symbol=BTC&page=1".utf8)))
        #expect(feed.server.requests.first?.path == "/list?symbol=BTC&page=1&signature=\(code)")
    }
}

/// Counts from 1, for an answer.
private final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock {
            $0 += 1
            return $0
        }
    }

    var count: Int { value.withLock(\.self) }
}
