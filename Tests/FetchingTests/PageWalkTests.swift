import Testing

@testable import Fetching

/// Walks over simulated servers: a list of `total` items, cut as the server likes.
@Suite struct PageWalkTests {
    static let byPage = PageSettings(parameter: "page", first: 1, step: 1, size: 100, max: 50)
    static let byItem = PageSettings(parameter: "start", first: 1, step: 100, size: 100, max: 50)

    /// Plays a server and returns the items it was asked for and how many requests that took.
    private func play(
        _ settings: PageSettings, pageSize: Int, totals: [Int], tellsTotal: Bool
    ) -> (items: [Int], requests: Int, walk: PageWalk) {
        var walk = PageWalk(settings)
        var items: [Int] = []
        var requests = 0
        while case let batch = walk.next(), !batch.isEmpty {
            for page in batch {
                let total = totals[min(requests, totals.count - 1)]
                let value = walk.value(ofPage: page)
                let first = settings.step == 1 ? (value - 1) * pageSize : value - 1
                let got = Array(max(0, first)..<max(max(0, first), min(total, first + pageSize)))
                items += got
                requests += 1
                walk.record(page: page, items: got.count, total: tellsTotal ? total : nil)
            }
        }
        return (items, requests, walk)
    }

    @Test(arguments: [Self.byPage, Self.byItem], [0, 1, 99, 100, 101, 200, 3400, 3401])
    func `reads every item once where the server tells the total`(settings: PageSettings, total: Int) {
        let (items, requests, _) = play(settings, pageSize: 100, totals: [total], tellsTotal: true)
        #expect(items == Array(0..<total))
        #expect(requests == max(1, (total + 99) / 100))
    }

    @Test(arguments: [Self.byPage, Self.byItem], [0, 1, 99, 100, 101, 200, 350])
    func `reads every item once without a total`(settings: PageSettings, total: Int) {
        let (items, requests, _) = play(settings, pageSize: 100, totals: [total], tellsTotal: false)
        #expect(items == Array(0..<total))
        #expect(requests <= total / 100 + 2)
    }

    @Test(arguments: [Self.byPage, Self.byItem], [true, false])
    func `goes by the page size that the server applied`(settings: PageSettings, tellsTotal: Bool) {
        let (items, requests, _) = play(settings, pageSize: 30, totals: [250], tellsTotal: tellsTotal)
        #expect(items == Array(0..<250))
        #expect(requests == 9)
    }

    @Test func `follows a total that grows while it walks`() {
        let (items, requests, _) = play(Self.byPage, pageSize: 100, totals: [199, 301, 301, 301], tellsTotal: true)
        #expect(items == Array(0..<301))
        #expect(requests == 4)
    }

    @Test func `stops at the cap and says so`() {
        let settings = PageSettings(parameter: "page", first: 1, step: 1, size: 100, max: 3)
        let (items, requests, walk) = play(settings, pageSize: 100, totals: [1000], tellsTotal: true)
        #expect(items.count == 300)
        #expect(requests == 3)
        #expect(walk.isCapped)
        #expect(!play(settings, pageSize: 100, totals: [300], tellsTotal: true).walk.isCapped)
    }

    @Test func `a page in the middle that is empty or nearly so is a hole, the last one's rest is not`() {
        func walk(_ items: [Int], total: Int?) -> PageWalk {
            var walk = PageWalk(Self.byPage)
            _ = walk.next()
            for (page, count) in items.enumerated() { walk.record(page: page, items: count, total: total) }
            return walk
        }
        #expect(walk([100, 0, 100, 50], total: 350).hole == 1)
        #expect(walk([100, 100, 49, 50], total: 350).hole == 2)
        #expect(walk([100, 100, 100, 50], total: 350).hole == nil)
        #expect(walk([100, 100, 98, 2], total: 300).hole == nil)
        #expect(walk([50], total: 50).hole == nil)
    }

    @Test func `asks once where there are no pages`() {
        var walk = PageWalk(nil)
        #expect(walk.next() == 0..<1)
        walk.record(page: 0, items: 1, total: nil)
        #expect(walk.next().isEmpty)
    }
}
