import HTTPTypes
import NIOCore
import Testing

@testable import HTTPServer

@Suite struct RequestParserTests {
    private static let limits = HTTPLimits()

    /// What comes of the text, whole or byte by byte.
    private func parse(_ text: String, step: Int? = nil) throws -> RequestParser.Outcome {
        let bytes = Array(text.utf8)
        var parser = RequestParser(Self.limits)
        var outcome = RequestParser.Outcome.incomplete
        for end in Array(stride(from: 0, to: bytes.count, by: step ?? bytes.count)) + [bytes.count] {
            outcome = try bytes[..<end].withUnsafeBytes { try parser.parse($0) }
            if outcome != .incomplete { return outcome }
        }
        return outcome
    }

    private func refusal(_ text: String) -> Refusal? {
        let outcomes = [nil, 1].map { step -> Refusal? in
            do {
                _ = try parse(text, step: step)
                return nil
            } catch {
                return error as? Refusal
            }
        }
        #expect(outcomes[0] == outcomes[1], "in one piece or byte by byte: \(text.prefix(200))")
        return outcomes[0]
    }

    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n"

    @Test(arguments: [
        get + "\r\n", "GET / HTTP/1.0\r\n\r\n", get + "Content-Length: 3\r\n\r\nabc", get + "Content-Length:0\r\n\r\n",
        get + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        get + "Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n",
        "GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a:1\r\n\r\n",
        "PUT /x HTTP/1.1\r\nhost: [::1]:80\r\nX:\r\nY: \u{E9}\t \"(),\r\n\r\n",
    ])
    func `finds the end of a request, however its bytes come`(text: String) throws {
        let length = text.utf8.count
        for step in [1, 2, 7, length] {
            #expect(try parse(text + "GET", step: step) == .complete(length))
            #expect(try parse(String(text.dropLast()), step: step) == .incomplete)
        }
    }

    @Test(arguments: [
        "hello\r\n\r\n", "hello world\r\n\r\n", "hello / world\r\n", "PRI * HTTP/2.0\r\n", "\u{16}\u{3}\u{1}",
        "GET /\r\n\r\n", "GET / HTTP/1.1\nHost: a\n\n", " GET / HTTP/1.1\r\n",
        "GET  / HTTP/1.1\r\n", "GET / HTTP/1.1 \r\n", "GET / HTTP/11\r\n", "GET a HTTP/1.1\r\n", "GET * HTTP/1.1\r\n",
        "GET /é HTTP/1.1\r\n", "GET /\u{0} HTTP/1.1\r\n", "G\u{0}T / HTTP/1.1\r\n", "GE(T / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\n\r\n", get + "Host: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        get + " folded: 1\r\n", get + "A: 1\r\n\tfolded\r\n", get + "A : 1\r\n", get + ": 1\r\n", get + "A\r\n",
        get + "A: \u{0}\r\n", get + "A: 1\rB: 2\r\n", get + "A: \u{7F}\r\n",
        get + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        get + "Content-Length: 3\r\nContent-Length: 4\r\n", get + "Content-Length: 3\r\nContent-Length: 3\r\n",
        get + "Content-Length: 3, 3\r\n", get + "Content-Length: +3\r\n", get + "Content-Length: -3\r\n",
        get + "Content-Length: \r\n", get + "Content-Length: 0x3\r\n", get + "Transfer-Encoding: identity\r\n",
        get + "Transfer-Encoding: chunked, gzip\r\n", get + "Transfer-Encoding: chunked, chunked\r\n",
        get + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        get + "Transfer-Encoding: chunked\r\n\r\nx\r\n", get + "Transfer-Encoding: chunked\r\n\r\n\r\n",
        get + "Transfer-Encoding: chunked\r\n\r\n-1\r\n", get + "Transfer-Encoding: chunked\r\n\r\n000000001\r\n",
        get + "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n", get + "Transfer-Encoding: chunked\r\n\r\n1;\r\na\r\n",
        get + "Transfer-Encoding: chunk\ted\r\n", get + "Transfer-Encoding: chun ked\r\n",
        get + "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", get + "Transfer-Encoding: chunked\r\n\r\n1\nab",
    ])
    func `refuses what is no request, or could be read as two`(text: String) {
        guard case .malformed = refusal(text) else {
            Issue.record("\(text.debugDescription): \(String(describing: refusal(text)))")
            return
        }
    }

    @Test func `says by its kind what it does not know`() {
        for method in ["QUERY", "get", "PROPFIND"] {
            #expect(refusal("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n") == .unknownMethod(method))
        }
        #expect(refusal("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n") == .unknownMethod("CONNECT"))
        #expect(refusal("GET / HTTP/2.0\r\n") == .unknownVersion)
        #expect(refusal(Self.get + "Transfer-Encoding: gzip, chunked\r\n") == .unknownCoding)
    }

    @Test func `a request target may be as long as its limit`() {
        func request(_ length: Int) -> String {
            "GET /" + String(repeating: "a", count: length - 1) + " HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        #expect(refusal(request(7999)) == nil)
        #expect(refusal(request(8000)) == nil)
        #expect(refusal(request(8001)) == .uriTooLong)
        // It is not waited for its end.
        #expect(refusal("GET /" + String(repeating: "a", count: 8000)) == .uriTooLong)
    }

    @Test func `a head may be as long as its limit, and have as many fields`() {
        func request(_ length: Int) -> String {
            let rest = Self.get + "A: \r\n\r\n"
            return Self.get + "A: " + String(repeating: "a", count: length - rest.utf8.count) + "\r\n\r\n"
        }
        #expect(request(15_999).utf8.count == 15_999)
        #expect(refusal(request(15_999)) == nil)
        #expect(refusal(request(16_000)) == nil)
        #expect(refusal(request(16_001)) == .headTooLarge)
        #expect(refusal(Self.get + "A: " + String(repeating: "a", count: 16_000)) == .headTooLarge)
        func fields(_ count: Int) -> String {
            Self.get + String(repeating: "A: 1\r\n", count: count - 1) + "\r\n"
        }
        #expect(refusal(fields(99)) == nil)
        #expect(refusal(fields(100)) == nil)
        #expect(refusal(fields(101)) == .tooManyFields)
    }

    @Test func `a body may be as long as its limit, by its length or in chunks`() throws {
        func chunked(_ length: Int) -> String {
            let size = 1000
            let chunk = "3e8\r\n" + String(repeating: "a", count: size) + "\r\n"
            let last = String(length % size, radix: 16) + "\r\n" + String(repeating: "a", count: length % size) + "\r\n"
            return Self.get + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: length / size)
                + (length % size > 0 ? last : "") + "0\r\n\r\n"
        }
        for length in [63_999, 64_000] {
            #expect(refusal(Self.get + "Content-Length: \(length)\r\n\r\n") == nil)
            #expect(refusal(chunked(length)) == nil)
            #expect(try parse(chunked(length)) == .complete(chunked(length).utf8.count))
        }
        for length in ["64001", "99999999999999999999999999"] {
            #expect(refusal(Self.get + "Content-Length: \(length)\r\n\r\n") == .bodyTooLarge)
        }
        #expect(refusal(chunked(64_001)) == .bodyTooLarge)
        // What is around the chunks has a limit too.
        let extensions = "1;" + String(repeating: "x", count: 64_000)
        #expect(refusal(Self.get + "Transfer-Encoding: chunked\r\n\r\n" + extensions) == .bodyTooLarge)
    }

    @Test(arguments: [
        ("", true), (";a", true), (";a=b", true), (#";a="b""#, true), (#";a="b;\";\\";c;d=1"#, true), (#";a="""#, true),
        (";", false), (";a;", false), (";a:", false), (";a=", false), (#";a=b""#, false), (#";a="b"#, false),
        (#";a="b"c"#, false), (#";a="b\"#, false), (#";a="b\""#, false), (";a=b\t", false), (";a=\u{7F}", false),
        (";a=\"\u{1}\"", false), (" ", false), (";a=\"ü\t\"", true), (";aü", false),
    ])
    func `a chunk's extensions are names, each with a token or a quoted text, or the request is refused`(
        extensions: String, isValid: Bool
    ) throws {
        let text = Self.get + "Transfer-Encoding: chunked\r\n\r\n1\(extensions)\r\nx\r\n0\(extensions)\r\n\r\n"
        guard isValid else {
            guard case .malformed? = refusal(text) else { throw Unexpected() }
            return
        }
        #expect(try parse(text) == .complete(text.utf8.count))
    }

    @Test(arguments: [
        ("", false), ("Connection: close\r\n", true), ("Connection: Close\r\n", true),
        ("Connection: a, close\r\n", true),
        ("Connection: keep-alive\r\n", false), ("Connection: a\r\nConnection: close\r\n", true),
    ])
    func `knows which request is the last one`(fields: String, isLast: Bool) throws {
        var parser = RequestParser(Self.limits)
        let bytes = Array((Self.get + fields + "\r\n").utf8)
        #expect(try bytes.withUnsafeBytes { try parser.parse($0) } == .complete(bytes.count))
        #expect(parser.framing.isLast == isLast)
    }

    private func request(_ text: String) throws -> Request {
        var parser = RequestParser(Self.limits)
        let bytes = ByteBuffer(string: text)
        let outcome = try bytes.withUnsafeReadableBytes { try parser.parse($0) }
        #expect(outcome == .complete(bytes.readableBytes))
        return try #require(parser.request(bytes))
    }

    @Test(arguments: [
        ("/", "/", ""), ("/?", "/", ""), ("/a?b=c?d", "/a", "b=c?d"), ("//a", "//a", ""), ("/a%20b", "/a%20b", ""),
        ("http://a", "/", ""), ("HTTP://a:1?b", "/", "b"), ("https://a/b/c?d", "/b/c", "d"),
    ])
    func `a target has a path and a query, with a host in front or not`(target: String, path: String, query: String)
        throws
    {
        let request = try request("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(request.method == .get && request.path == path && request.query.text == query)
        #expect(try self.request("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").path == "*")
    }

    @Test(arguments: ["http:///a", "http://", "http://?a", "http://:80/", "https:///"])
    func `a target with a scheme has a host`(target: String) {
        #expect(
            refusal("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n")
                == .malformed("The request target's host is not a host and a port."))
    }

    @Test func `fields are found whatever their case, and several with a name are one list`() throws {
        let request = try request(
            Self.get
                + "ACCEPT:text/csv\r\naccept: \t*/* \t\r\nX-Empty:\r\nAccept-Encoding: gz ip\r\nLatin: \u{E9}\r\n\r\n")
        #expect(request[.accept] == "text/csv, */*")
        #expect(request.values(of: .accept) == ["text/csv", "*/*"])
        #expect(request[.acceptEncoding] == "gz ip")
        #expect(request[.init("x-empty").unsafelyUnwrapped] == "")
        #expect(request[.cookie] == nil && request.values(of: .cookie) == [])
        #expect(request.fields.map(\.name) == ["Host", "ACCEPT", "accept", "X-Empty", "Accept-Encoding", "Latin"])
        #expect(request.fields.last?.value == "\u{E9}")
    }

    @Test func `a body is the bytes behind the head, or those of the chunks`() throws {
        let plain = try request("PUT /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na\r\n")
        #expect(String(buffer: plain.body) == "a\r\n")
        let chunked = try request(
            "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\n\r\n0\r\n0A\r\n0123456789\r\n000\r\nTrailer: 0\r\n\r\n"
        )
        #expect(String(buffer: chunked.body) == "\r\n00123456789")
        #expect(chunked.fields.map(\.name) == ["Host", "Transfer-Encoding"])
        #expect(try request(Self.get + "\r\n").body.readableBytes == 0)
    }
}

/// A refusal of another kind, or none.
private struct Unexpected: Error {}
