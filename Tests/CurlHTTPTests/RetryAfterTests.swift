import Basics
import Testing

@testable import CurlHTTP

@Suite struct RetryAfterTests {
    private func wait(_ value: String?, date: String? = "Sun, 06 Nov 1994 08:49:37 GMT") -> Duration? {
        var headers: [(name: String, value: String)] = []
        if let value { headers.append(("Retry-After", value)) }
        if let date { headers.append(("Date", date)) }
        let now = Timestamp(milliseconds: 784_111_770_000)
        return HTTPResponse(status: 429, headers: headers, body: []).retryAfter(now: now)
    }

    @Test(arguments: [("0", 0), ("7", 7), ("00120", 120), ("94608000", 94_608_000)])
    func `reads seconds`(value: String, seconds: Int64) {
        #expect(wait(value) == .seconds(seconds))
    }

    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:57 GMT", "Sunday, 06-Nov-94 08:49:57 GMT", "Sun Nov  6 08:49:57 1994",
    ])
    func `reads a date in its three forms, against the server's own clock`(value: String) {
        #expect(wait(value) == .seconds(20))
    }

    @Test func `without a Date header the machine's clock counts, and the past is no wait`() {
        #expect(wait("Sun, 06 Nov 1994 08:49:57 GMT", date: nil) == .seconds(27))
        #expect(wait("Sun, 06 Nov 1994 08:49:57 GMT", date: "gibberish") == .seconds(27))
        #expect(wait("Sun, 06 Nov 1994 08:00:00 GMT") == .zero)
    }

    @Test func `more digits than a number holds are a long wait`() throws {
        #expect(try #require(wait(String(repeating: "9", count: 40))) > .seconds(1_000_000))
    }

    @Test(arguments: ["", "soon", "-3", "1.5", "7s", "٧", "08:49:57", "2026-11-21T09:01:00Z", "GMT", "x GMT"])
    func `what cannot be read is none`(value: String) {
        #expect(wait(value) == nil)
    }

    @Test func `no header is none`() {
        #expect(wait(nil) == nil)
    }
}
