import Basics
import Foundation
import Tape
import TestSupport
import Testing

/// Lists that are smaller or older than the last one, or the same again.
@Suite(.timeLimit(.minutes(5)), .tags(.clock)) struct TimeTests {
    @Test func `a shrunken list is refused while the last one is fresh, then published and marked`() async throws {
        try await withFeed("price") { feed async throws in
            #expect(try await feed.settle().count == 450)
            for _ in 0..<2 {
                let settled = try await feed.settle("shrunk-list=1")
                #expect(settled.gap?.code == "bad-payload")
                #expect(settled.gap?.detail.hasPrefix("150 rows, after 450 at 20") == true)
                #expect(settled.calls == 1)
            }
            // Ten due minutes behind the last rows it is still refused, eleven behind it is believed.
            #expect(try await feed.settle("shrunk-list=1", skipping: 7).gap != nil)
            let believed = try await feed.settle("shrunk-list=1")
            #expect(believed.count == 150 && believed.mark == "shrunk")
            let next = try await feed.settle("shrunk-list=1")
            #expect(next.count == 150 && next.mark == nil)
        }
    }

    @Test func `the package of a minute ago again is marked, an older one is refused`() async throws {
        try await withFeed("price") { feed async throws in
            let first = try await feed.settle()
            let time = try #require(first.entry.text("as_of"))
            #expect(time.hasPrefix(first.entry.minute.description.dropLast()))
            let again = try await feed.settle("repeated=1")
            #expect(again.mark == "same" && again.entry.text("as_of") == time)
            #expect(again.entry.text("sha256") == first.entry.text("sha256"))
            #expect(try await feed.settle().mark == nil)
            let older = try await feed.settle("older=1")
            #expect(older.gap?.code == "bad-payload")
            #expect(older.gap?.detail.hasPrefix("data of 20") == true)
        }
    }

    @Test func `each list tells when its data is from, apart from when it was fetched`() async throws {
        try await withFeed("price") { feed async throws in
            let settled = try await feed.settle()
            let (asOf, fetchedAt) = (settled.entry.text("as_of"), settled.entry.text("fetched_at"))
            #expect(asOf != nil && fetchedAt != nil && asOf != fetchedAt)
        }
        try await withFeed("btc_rate") { feed async throws in
            // The provider tells none.
            let settled = try await feed.settle()
            #expect(settled.entry.text("as_of") == nil && settled.entry.text("fetched_at") != nil)
        }
    }

    @Test func `data from the future is marked`() async throws {
        try await withFeed(
            "price",
            changes: [
                (
                    #""as_of": ".status.timestamp""#,
                    #""as_of": "(.status.timestamp[:4] | tonumber + 1 | tostring) + .status.timestamp[4:]""#
                )
            ]
        ) { feed async throws in
            #expect(try await feed.settle().mark == "ahead")
        }
    }
}
