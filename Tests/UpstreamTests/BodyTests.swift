import Basics
import Foundation
import Tape
import TestSupport
import Testing

/// Bodies that are not what they should be: none of it becomes rows.
@Suite(.timeLimit(.minutes(5)), .tags(.clock)) struct BodyTests {
    struct Case: CustomStringConvertible, Sendable {
        var feed = "price"
        let fault: String
        var gap = "bad-payload"
        let detail: String
        var calls = 4
        var changes: [(String, String)] = []

        var description: String { "\(feed) \(fault)" }
    }

    private static let impatient = [(#""request": {"#, #""request": {"stall": "1s", "retries": 1,"#)]

    static let cases: [Case] = [
        Case(fault: "html-200", detail: #"it begins "<!DOCTYPE html>"#),
        Case(fault: "empty-body", detail: "the body is empty"),
        // libcurl takes a gzip body that was cut for whole: only the JSON can tell.
        Case(fault: "cut-gzip", detail: "not one whole JSON value"),
        Case(fault: "cut-body", gap: "upstream", detail: "transfer closed with"),
        Case(fault: "gzip-bomb", detail: "the body is larger than 64000000 bytes", calls: 1),
        Case(fault: "drip", gap: "upstream", detail: "Operation too slow", calls: 2, changes: impatient),
        Case(fault: "hang", gap: "upstream", detail: "too slow", calls: 2, changes: impatient),
        Case(fault: "wrong-type", detail: "data is not a list but object", calls: 1),
        Case(fault: "null-list", detail: "data is not a list but null", calls: 1),
        Case(fault: "empty-list", detail: "the answer is well-formed but has no rows", calls: 1),
        Case(feed: "rank", fault: "wrong-type", detail: "Cannot index array with", calls: 1),
        Case(feed: "rank", fault: "null-list", detail: "LIST is not a list but null", calls: 1),
        Case(feed: "rank", fault: "empty-list", detail: "no rows", calls: 1),
        Case(feed: "btc_rate", fault: "wrong-type", detail: "Cannot index array with", calls: 1),
        Case(feed: "btc_rate", fault: "null-list", detail: "a rate is not a positive decimal", calls: 1),
        Case(feed: "btc_rate", fault: "empty-list", detail: "a rate is not a positive decimal", calls: 1),
        Case(feed: "btc_rate", fault: "not-a-number", detail: "a rate is not a positive decimal", calls: 1),
        Case(feed: "btc_rate", fault: "other-base", detail: "the rates are of ETH, not of BTC", calls: 1),
    ]

    @Test(arguments: cases)
    func `a body that is not the feed's becomes a gap, and the last rows stay`(expected: Case) async throws {
        try await withFeed(expected.feed, ranked: 80, changes: expected.changes) { feed async throws in
            let good = try await feed.settle()
            #expect(good.gap == nil)
            let settled = try await feed.settle("\(expected.fault)=1")
            #expect(settled.gap?.code == expected.gap)
            #expect(settled.gap?.detail.contains(expected.detail) == true, "\(settled.gap?.detail ?? "no gap")")
            #expect(settled.calls == expected.calls)
            #expect(settled.entry.rows == nil)
            let after = try await feed.settle()
            #expect(after.gap == nil && after.count == good.count)
        }
    }

    @Test func `numbers that are none are null prices, and their rows stay`() async throws {
        try await withFeed("price") { feed async throws in
            let good = try await feed.settle()
            let settled = try await feed.settle("not-a-number=1")
            #expect(settled.count == good.count)
            let text = String(decoding: settled.entry.rows ?? [], as: UTF8.self)
            let prices = text.split(separator: "\"price\":").dropFirst().map { $0.prefix { $0 != "}" && $0 != "," } }
            // A number that no double holds is what was sent; the join counts it as unreadable.
            #expect(prices.prefix(4) == ["null", "null", "1e999", #""NaN""#])
            // libjq's greatest double stands for what is no number; a real price may begin with the same digits.
            for wrong in ["1.797693134862315", ":NaN", "Infinity"] { #expect(!text.contains(wrong)) }
        }
    }

    @Test func `items without an id stay in the feed with a null key`() async throws {
        try await withFeed("rank") { feed async throws in
            let settled = try await feed.settle("missing-ids=1")
            #expect(settled.count == 350)
            #expect(try settled.rows().allSatisfy { $0["id"] is NSNull })
        }
    }
}
