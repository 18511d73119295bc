import Basics
import Testing

@testable import CurlHTTP

@Suite struct RateLimitTests {
    private func wait(_ headers: [(name: String, value: String)]) -> Duration? {
        HTTPResponse(status: 200, headers: headers, body: [])
            .usedUpFor(now: Timestamp(milliseconds: 1_795_251_660_000))
    }

    @Test func `a limit that is used up lasts until its reset`() {
        #expect(wait([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "37")]) == .seconds(37))
        #expect(wait([("X-RateLimit-Remaining", "1"), ("X-RateLimit-Reset", "37")]) == nil)
        #expect(wait([]) == nil)
    }

    @Test func `of several windows the longest that is used up counts`() {
        let remaining = "1220397, 9500;window=1, 0;window=60, 0;window=3600, 38673;window=86400"
        #expect(wait([("X-RateLimit-Remaining-All", remaining)]) == .seconds(3600))
        let reset = ("X-RateLimit-Reset-All", "1, 1;window=1, 12;window=60, 900;window=3600")
        #expect(wait([("X-RateLimit-Remaining-All", remaining), reset]) == .seconds(900))
        #expect(wait([("X-RateLimit-Remaining-All", remaining), ("X-RateLimit-Reset", "37")]) == .seconds(37))
    }

    @Test(arguments: ["", "none", "-1", "0;window=", "2026-03-09 03:28:00 +0000", "0x0", ";;,,"])
    func `what cannot be read is no limit`(value: String) {
        #expect(wait([("X-RateLimit-Remaining-All", value), ("X-RateLimit-Remaining", "0")]) == nil)
        #expect(wait([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", value)]) == nil)
    }

    @Test func `a reset may be told as a time`() {
        #expect(wait([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795251665")]) == .seconds(5))
        #expect(wait([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1795251655")]) == .zero)
    }

    @Test func `a figure too large for anybody is no crash`() {
        #expect(
            wait([("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "9223372036854775807")]) == .seconds(1 << 40))
    }
}
