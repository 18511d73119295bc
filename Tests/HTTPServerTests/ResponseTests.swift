import HTTPTypes
import NIOCore
import TestSupport
import Testing

@testable import HTTPServer

@Suite struct ResponseTests {
    private func sent(_ response: Response, isHEAD: Bool = false, isLast: Bool = false) throws -> RawAnswer {
        var bytes: [UInt8] = []
        response.forEachPiece(isHEAD: isHEAD, isLast: isLast) { bytes += $0.readableBytesView }
        return try #require(RawAnswer(bytes))
    }

    @Test(arguments: [0, 3, 16_000, 16_001, 500_000]) func `has its length, its date and its fields in order`(size: Int)
        throws
    {
        let body = [ByteBuffer(repeating: 0x41, count: size), ByteBuffer(string: "]\n")]
        let answer = try sent(Response(200, .bytes(body), [(.contentType, "text/plain"), (.link, "<a>")]))
        #expect(answer.headers.map(\.name) == ["content-type", "link", "content-length", "date", "server"])
        #expect(answer["content-length"] == "\(size + 2)")
        #expect(answer.body == [UInt8](repeating: 0x41, count: size) + Array("]\n".utf8))
    }

    @Test(arguments: [3, 20_000]) func `to HEAD it is the same without its body`(size: Int) throws {
        let response = Response(404, .bytes([ByteBuffer(repeating: 0x41, count: size)]), [])
        let (get, head) = (try sent(response), try sent(response, isHEAD: true))
        #expect(head.status == 404 && head.body.isEmpty)
        #expect(head.headers.map { "\($0)" } == get.headers.map { "\($0)" })
    }

    @Test func `the last one says so, whoever keeps it for others`() throws {
        let response = Response(200, .bytes([ByteBuffer(string: "abc")]), [])
        let last = try sent(response, isLast: true)
        #expect(last["connection"] == "close" && last.text == "abc")
        #expect(try sent(response, isHEAD: true, isLast: true)["connection"] == "close")
        #expect(try sent(response)["connection"] == nil)
    }

    @Test func `a status without a body has no length, and known ones have their phrase`() throws {
        let answer = try sent(Response(304, .none, [(.eTag, "\"a\"")]))
        #expect(answer.status == 304 && answer["content-length"] == nil && answer.body.isEmpty)
        var text = ""
        Response(404, .none, []).forEachPiece(isHEAD: false, isLast: false) { text += String(buffer: $0) }
        #expect(text.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
    }

    @Test func `its size is what it holds, and a long body is not copied`() {
        let small = Response(200, .bytes([ByteBuffer(string: "abc")]), [])
        let large = Response(200, .bytes([ByteBuffer(repeating: 0, count: 100_000)]), [])
        #expect((80...1024).contains(small.size) && !small.isLarge)
        #expect((80...1024).contains(large.size) && large.isLarge)
    }
}

extension HTTPField.Name {
    fileprivate static let link = Self("Link").unsafelyUnwrapped
}
