import Basics
import Testing

@testable import Recordings

struct CallPatternTests {
    private static func call(_ url: String, method: String = "GET", body: String? = nil) -> RecordedCall {
        RecordedCall(
            minute: Minute(containing: Timestamp(milliseconds: 0)), source: "s", servers: [:], method: method, url: url,
            body: body, status: 200)
    }

    private static func matches(
        _ recorded: RecordedCall, _ path: String, _ query: String = "", method: String = "GET", body: String = "",
        host: String = "h"
    ) throws -> Bool {
        try #require(CallPattern(recorded)).matches(
            CallPattern(method: method, host: host, path: path, query: query, body: body))
    }

    @Test func `parameters match in any order, however they are encoded`() throws {
        let call = Self.call("https://h/v1/coins?b=x%2Cy&a=1&a=2")
        #expect(try Self.matches(call, "/v1/coins", "a=1&b=x,y&a=2"))
        #expect(try !Self.matches(call, "/v1/coins", "a=2&b=x,y&a=1"))
        #expect(try !Self.matches(call, "/v1/coins", "a=1&b=x,y"))
        #expect(try !Self.matches(call, "/v1/coins", "a=1&a=2&b=x,y&c=1"))
        #expect(try !Self.matches(call, "/v1/coin", "a=1&b=x,y&a=2"))
        #expect(try !Self.matches(call, "/v1/coins", "a=1&b=x,y&a=2", method: "POST"))
    }

    @Test(arguments: [
        ("***", "", true), ("***", "x", true), ("a***", "ab", true), ("a***", "b", false), ("***b", "ab", true),
        ("a***a", "a", false), ("a***a", "aa", true), ("a***b***c", "a1b2c", true), ("a***b***c", "a1c2b", false),
        ("******", "x", true), ("a", "a", true), ("a", "ab", false), ("", "", true), ("", "a", false),
    ])
    func `three asterisks are any text`(pattern: String, text: String, expected: Bool) throws {
        let call = Self.call("https://h/p?q=\(PercentEncoding.encode(pattern))")
        #expect(try Self.matches(call, "/p", "q=\(text)") == expected)
    }

    @Test func `asterisks count in paths and bodies too`() throws {
        #expect(try Self.matches(Self.call("https://h/%2A%2A%2A/list"), "/2026-11-30/list"))
        let form = Self.call("https://h/", method: "POST", body: "id=me&secret=***")
        #expect(try Self.matches(form, "/", method: "POST", body: "secret=a%26b&id=me"))
        #expect(try !Self.matches(form, "/", method: "POST", body: "secret=a&id=you"))
        let json = Self.call("https://h/", method: "POST", body: #"{"day":"***","top":5}"#)
        #expect(try Self.matches(json, "/", method: "POST", body: #"{"day":"2026-11-30","top":5}"#))
        #expect(try !Self.matches(json, "/", method: "POST", body: #"{"day":"2026-11-30","top":6}"#))
    }

    @Test func `hosts are told apart, unless a request names none`() throws {
        let call = Self.call("https://h:8080/p")
        #expect(try Self.matches(call, "/p", host: "h:8080"))
        #expect(try !Self.matches(call, "/p", host: "h"))
        #expect(try Self.matches(call, "/p", host: ""))
    }
}
