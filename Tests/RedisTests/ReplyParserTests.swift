import Testing

@testable import Redis

struct ReplyParserTests {
    /// As `feed` gives them, of a text that comes in these pieces.
    private func replies(_ pieces: [String]) throws -> [RedisReply] {
        let parser = ReplyParser()
        var replies: [RedisReply] = []
        for piece in pieces {
            try Array(piece.utf8).withUnsafeBytes { bytes in try parser.feed(bytes) { replies.append($0) } }
        }
        return replies
    }

    private static let known: [(String, RedisReply)] = [
        ("+OK\r\n", .status("OK")), ("-ERR no\r\n", .error("ERR no")), (":-7\r\n", .integer(-7)),
        ("$3\r\na\nb\r\n", .bulk(Array("a\nb".utf8))), ("$0\r\n\r\n", .bulk([])), ("$-1\r\n", .null),
        ("*-1\r\n", .null), ("*0\r\n", .array([])), ("*1\r\n*0\r\n", .array([.array([])])),
        (
            "*4\r\n*2\r\n:1\r\n*2\r\n$1\r\na\r\n$-1\r\n*0\r\n-ERR inside\r\n+last\r\n",
            .array([
                .array([.integer(1), .array([.bulk([0x61]), .null])]), .array([]), .error("ERR inside"),
                .status("last"),
            ])
        ),
    ]

    @Test func `a reply is read as it is meant, whatever it is made of`() throws {
        for (text, reply) in Self.known { #expect(try replies([text]) == [reply]) }
    }

    @Test func `however the bytes come, the replies are the same, in their order`() throws {
        let text = Self.known.map(\.0).joined()
        let expected = Self.known.map(\.1)
        for cut in text.unicodeScalars.indices {
            #expect(try replies([String(text[..<cut]), String(text[cut...])]) == expected)
        }
        #expect(try replies(text.unicodeScalars.map { String($0) }) == expected)
    }

    @Test func `many large replies that come at once are all read`() throws {
        let value = String(repeating: "x", count: 30_000)
        let text = String(repeating: "$30000\r\n\(value)\r\n", count: 50)
        #expect(try replies([text]) == Array(repeating: .bulk(Array(value.utf8)), count: 50))
    }

    @Test(arguments: ["?\r\n", "$x\r\n", "*-2\r\n", ":\r\n", "*1\r\n!\r\n"])
    func `what is no reply is an error`(text: String) {
        #expect(throws: RedisError.self) { try replies([text]) }
    }
}
