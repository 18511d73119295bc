import Basics
import Foundation
import Tape
import TestSupport
import Testing

/// Pages that are not cut as asked, and lists that change while they are read.
@Suite(.timeLimit(.minutes(5)), .tags(.clock)) struct WalkTests {
    @Test func `a server that gives smaller pages is asked for more of them`() async throws {
        try await withFeed("rank") { feed async throws in
            let settled = try await feed.settle("clamped-pages=1")
            #expect(settled.count == 350 && settled.calls == 7)
        }
        try await withFeed("price", changes: [("5000", "200")]) { feed async throws in
            let settled = try await feed.settle("clamped-pages=1")
            // Four pages are the most that the config asks for: the list is cut, and says so.
            #expect(settled.count == 400 && settled.calls == 4 && settled.mark == "capped")
            #expect(Set(try settled.rows().compactMap { $0["id"] as? Int }).count == 400)
        }
    }

    @Test func `items that move between pages repeat in the rows, and none is left out of a page that came`()
        async throws
    {
        try await withFeed("rank") { feed async throws in
            #expect(try await feed.settle("moving-pages=1").count == 350)
            #expect(try await feed.settle("duplicates=1").count == 350)
        }
    }

    @Test func `one page that fails for good fails the list`() async throws {
        try await withFeed("rank") { feed async throws in
            // A list with a hole would rank what is below it too high.
            var gaps = 0
            for _ in 0..<4 {
                let settled = try await feed.settle("empty-401=0.6")
                #expect(settled.gap?.code == "stopped" || settled.count == 350)
                if settled.gap != nil { gaps += 1 }
            }
            #expect(gaps > 0)
        }
    }
}
