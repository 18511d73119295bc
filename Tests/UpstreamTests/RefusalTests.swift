import Basics
import Tape
import TestSupport
import Testing

/// Providers that refuse: which are asked again, which are left alone, and what is told.
@Suite(.timeLimit(.minutes(5)), .tags(.clock)) struct RefusalTests {
    struct Case: CustomStringConvertible, Sendable {
        var feed = "price"
        let fault: String
        let gap: String
        /// Part of the gap's detail.
        let detail: String
        let calls: Int
        /// For how long the provider is left alone, at most.
        var pause: Int?

        var description: String { "\(feed) \(fault)" }
    }

    static let cases: [Case] = [
        // Four causes in one status: each has its own patience.
        Case(
            fault: "rate-limited", gap: "upstream", detail: "rate limit. Rate limits reset every minute. (code 1008)",
            calls: 1, pause: 60),
        Case(
            fault: "day-limit", gap: "stopped",
            detail: "HTTP 429: You've exceeded your API Key's daily rate limit. (code 1009)", calls: 1, pause: 900),
        Case(fault: "month-limit", gap: "stopped", detail: "monthly rate limit. (code 1010)", calls: 1, pause: 900),
        Case(fault: "ip-limit", gap: "upstream", detail: "IP rate limit. (code 1011)", calls: 1, pause: 120),
        Case(
            feed: "rank", fault: "rate-limited", gap: "upstream",
            detail: "HTTP 429: You are over your rate limit please upgrade your account!", calls: 4, pause: 10),
        Case(feed: "btc_rate", fault: "rate-limited", gap: "upstream", detail: "HTTP 429: Too many requests", calls: 4),
        // Retry-After: obeyed within the minute; beyond it the minute is given up at once.
        Case(fault: "retry-after", gap: "upstream", detail: "code 1008", calls: 4, pause: 2),
        Case(fault: "retry-after-date", gap: "upstream", detail: "code 1008", calls: 4, pause: 5),
        Case(fault: "retry-after-absurd", gap: "upstream", detail: "code 1008", calls: 1, pause: 900),
        Case(
            feed: "btc_rate", fault: "retry-after-malformed", gap: "upstream", detail: "HTTP 429: Too many requests",
            calls: 4),
        // What asking again does not help.
        Case(fault: "bad-key", gap: "stopped", detail: "HTTP 401: This API Key is invalid. (code 1001)", calls: 1),
        Case(
            feed: "rank", fault: "bad-key", gap: "stopped", detail: "HTTP 401: The auth key or api key is invalid",
            calls: 1),
        Case(feed: "btc_rate", fault: "bad-key", gap: "stopped", detail: "HTTP 401: Invalid auth", calls: 1),
        Case(fault: "empty-401", gap: "stopped", detail: "HTTP 401, empty body", calls: 1),
        Case(
            fault: "plan-403", gap: "stopped", detail: "subscription plan doesn't support this endpoint. (code 1006)",
            calls: 1),
        Case(
            feed: "rank", fault: "plan-403", gap: "stopped", detail: "HTTP 403: Your subscription does not include",
            calls: 1),
        Case(
            fault: "redirect", gap: "stopped",
            detail: "redirected to elsewhere.invalid, which is not where the request went", calls: 1),
        // Errors with status 200, and codes that no table lists.
        Case(
            fault: "error-200", gap: "upstream",
            detail: "HTTP 200: You've exceeded your API Key's HTTP request rate limit.", calls: 1, pause: 60),
        Case(
            feed: "rank", fault: "error-200", gap: "upstream", detail: "HTTP 200: You are over your rate limit",
            calls: 4, pause: 10),
        Case(feed: "btc_rate", fault: "error-200", gap: "upstream", detail: "HTTP 200: Too many requests", calls: 4),
        Case(
            fault: "unknown-code", gap: "upstream", detail: "HTTP 400: Something that no table lists. (code 1022)",
            calls: 4),
        // Said in passing while the provider is unwell: asked again.
        Case(
            feed: "btc_rate", fault: "unknown-code", gap: "upstream", detail: "HTTP 400: Invalid currency (BTC)",
            calls: 4),
        Case(
            fault: "http-500", gap: "upstream", detail: "HTTP 500: An internal server error occurred (code 500)",
            calls: 4),
        Case(fault: "http-502", gap: "upstream", detail: #"HTTP 502: "Bad Gateway""#, calls: 4),
        Case(fault: "html-503", gap: "upstream", detail: #"HTTP 503: "<html><body><h1>503 Service"#, calls: 4),
    ]

    @Test(arguments: cases)
    func `a refusal becomes the minute's gap in the provider's words`(expected: Case) async throws {
        try await withFeed(expected.feed, ranked: 80) { feed async throws in
            let settled = try await feed.settle("\(expected.fault)=1")
            #expect(settled.gap?.code == expected.gap)
            #expect(settled.gap?.detail.contains(expected.detail) == true, "\(settled.gap?.detail ?? "no gap")")
            #expect(settled.calls == expected.calls)
            let pause = try await feed.pause(expected.feed)
            if let most = expected.pause {
                // Short ones may have ended meanwhile.
                #expect(pause.map { $0.seconds <= most } ?? (most <= 10), "\(String(describing: pause))")
            } else {
                #expect(pause == nil)
            }
        }
    }

    @Test func `who is to be left alone is not asked by any replica, and the gap says so`() async throws {
        try await withFeed("price") { feed async throws in
            #expect(try await feed.settle("day-limit=1").calls == 1)
            let next = try await feed.settle()
            #expect(next.calls == 0)
            #expect(next.gap?.code == "upstream")
            let detail = try #require(next.gap?.detail)
            #expect(detail.hasPrefix("not asked: the provider is to be left alone until 20"))
            #expect(detail.hasSuffix("HTTP 429: You've exceeded your API Key's daily rate limit. (code 1009)"))
        }
    }

    @Test func `a good answer that was the last for a while is taken, and none is asked for until then`() async throws {
        try await withFeed("btc_rate") { feed async throws in
            #expect(try await feed.settle("last-call=1").count == 1)
            let pause = try await feed.pause("btc_rate")
            #expect(pause?.reason == "its limit is used up")
            #expect((40...60).contains(pause?.seconds ?? 0))
            let next = try await feed.settle()
            #expect(next.calls == 0 && next.gap?.detail.hasSuffix("its limit is used up") == true)
        }
    }

    @Test func `a limit that is used up in the middle of a list ends it before the provider refuses`() async throws {
        try await withFeed("rank") { feed async throws in
            let settled = try await feed.settle("last-call=1")
            #expect(settled.calls == 1)
            #expect(settled.gap?.detail == "the provider's limit is used up for 1m, in the middle of the list")
            #expect(try await feed.pause("rank")?.seconds ?? 0 > 40)
        }
    }

    @Test func `a short pause is waited for within the next minute`() async throws {
        try await withFeed(
            "price",
            changes: [(#"\"1008\": 60"#, #"\"1008\": 8"#), (#""limit": 5000}"#, #""limit": 5000}, "retries": 0"#)]
        ) { feed async throws in
            #expect(try await feed.settle("rate-limited=1").gap != nil)
            let next = try await feed.settle()
            #expect(next.count == 450 && next.calls == 1)
            #expect(try await feed.pause("price") == nil)
        }
    }

    @Test func `what passes is asked again until it is right`() async throws {
        try await withFeed("rank") { feed async throws in
            // Each of four pages meets one of these on every other call.
            for faults in ["http-502=0.5", "html-200=0.5", "cut-body=0.5", "cut-gzip=0.5"] {
                let settled = try await feed.settle(faults)
                // All rows or none.
                #expect(settled.count == 350 || settled.entry.rows == nil, "\(faults)")
            }
            var recovered = 0
            for _ in 0..<6 {
                let settled = try await feed.settle("http-500=0.4")
                if settled.count == 350, settled.calls > 4 { recovered += 1 }
            }
            #expect(recovered > 0)
        }
    }
}
