import NIOCore
import PlainRequests
import Testing

@Suite struct PlainRequestTests {
    private static let fields = OutlineFields(kept: ["accept", "if-none-match"], foreign: ["expect"])

    private func outline(_ text: String) -> RequestOutline? {
        RequestOutline(of: ByteBuffer(string: text), Self.fields)
    }

    private func read(_ lines: [String]) -> PlainRequest? {
        outline((lines + ["", ""]).joined(separator: "\r\n")).flatMap { PlainRequest($0) }
    }

    @Test func `reads method, target and the fields that are asked for`() throws {
        let get = try #require(read(["GET /a?b=c HTTP/1.1", "Host: a", "ACCEPT:\t text/csv \t", "Other: \u{FC}"]))
        #expect(!get.isHEAD)
        #expect(get.target == "/a?b=c")
        #expect(get["accept"] == "text/csv")
        #expect(get["if-none-match"] == nil)
        #expect(get["other"] == nil)
        let head = try #require(read(["HEAD / HTTP/1.1", "Accept:", "If-None-Match: \"a:b\", \"c\""]))
        #expect(head.isHEAD)
        #expect(head["accept"] == "")
        #expect(head["if-none-match"] == "\"a:b\", \"c\"")
        #expect(read(["GET / HTTP/1.1"]) != nil)
    }

    @Test(arguments: [
        ["PUT / HTTP/1.1"], ["get / HTTP/1.1"], ["GET / HTTP/1.0"], ["GET http://a/ HTTP/1.1"], ["OPTIONS * HTTP/1.1"],
        ["GET / HTTP/1.1", "Accept: a", "accept: a"], ["GET / HTTP/1.1", "Accept: \u{FC}"],
        ["GET / HTTP/1.1", "Expect: 100-continue"], ["GET / HTTP/1.1", "EXPECT:"], ["GET /"], [""], ["GET"],
    ])
    func `leaves every other request to others`(lines: [String]) {
        #expect(read(lines) == nil)
    }

    @Test func `what is no whole request, or more than one, has no outline`() {
        let whole = "GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\n\r\n"
        #expect(outline(whole) != nil)
        for length in 0..<whole.utf8.count {
            #expect(outline(String(decoding: whole.utf8.prefix(length), as: UTF8.self)) == nil)
        }
        #expect(outline(whole + "x") == nil)
        #expect(outline(whole + whole) == nil)
    }

    @Test func `an outline is the same whatever the other fields say, and another when one of its own differs`() throws
    {
        let one = try #require(outline("GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\nX: 1\r\n\r\n"))
        #expect(outline("GET / HTTP/1.1\r\nAccept: b\r\nHost: c\r\nAccept-Language: d\r\n\r\n") == one)
        for other in [
            "HEAD / HTTP/1.1\r\nAccept: b\r\n\r\n", "GET /? HTTP/1.1\r\nAccept: b\r\n\r\n",
            "GET / HTTP/1.1\r\nAccept: c\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nAccept: b\r\nIf-None-Match: b\r\n\r\n",
        ] { #expect(try #require(outline(other)) != one) }
    }

    private func put(_ text: String) -> PlainPut? {
        let fields = OutlineFields(kept: ["content-type", "key"], foreign: ["expect"])
        return PlainPut(ByteBuffer(string: text), to: "/a", fields)
    }

    @Test func `a PUT has its fields in order, and its body`() throws {
        let put = try #require(
            self.put(
                "PUT /a HTTP/1.1\r\nHost: a\r\nKey: b\r\nCONTENT-TYPE:\tc; d \r\nkey:\r\nContent-Length: 6\r\n\r\n\r\n{\r\n}"
            ))
        #expect(put.fields.map(\.name) == ["key", "content-type", "key"])
        #expect(put.fields.map(\.value) == ["b", "c; d", ""])
        #expect(String(buffer: put.body) == "\r\n{\r\n}")
        #expect(self.put("PUT /a HTTP/1.1\r\n\r\n")?.body.readableBytes == 0)
    }

    @Test(arguments: [
        "GET /a HTTP/1.1\r\n\r\n", "PUT /b HTTP/1.1\r\n\r\n", "PUT /a?b HTTP/1.1\r\n\r\n", "PUT /a HTTP/1.0\r\n\r\n",
        "PUT /a HTTP/1.1\r\nExpect: 100-continue\r\n\r\n", "PUT /a HTTP/1.1\r\nKey: \u{FC}\r\n\r\n",
        "PUT /a HTTP/1.1\r\nKey: b\r\n", "",
    ])
    func `any other PUT is left to others`(text: String) {
        #expect(put(text) == nil)
    }
}
