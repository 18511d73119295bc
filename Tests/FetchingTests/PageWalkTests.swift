import JQ
import Testing

@testable import Fetching

/// Walks over simulated servers: a list of `total` items, cut as the server likes.
@Suite struct PageWalkTests {
    static let byPage = PageSettings(parameter: "page", first: 1, step: 1, size: 100, max: 50)
    static let byItem = PageSettings(parameter: "start", first: 1, step: 100, size: 100, max: 50)

    private static func page(_ items: [Int], total: Int? = nil, areCounted: Bool = true, isLast: Bool = false)
        -> PageFilters.Page
    {
        let json = items.map(String.init).joined(separator: ",")
        return PageFilters.Page(
            rows: JQRows(json: Array(json.utf8), count: items.count), items: items.count, areItemsCounted: areCounted,
            total: total, isLast: isLast)
    }

    /// Plays a server and returns the items it was asked for and how many requests that took.
    private func play(
        _ settings: PageSettings, pageSize: Int, totals: [Int], tellsTotal: Bool, counts: Bool = true
    ) -> (items: [Int], requests: Int, walk: PageWalk) {
        var walk = PageWalk(settings)
        var items: [Int] = []
        var requests = 0
        while case let batch = walk.next(), !batch.isEmpty {
            for page in batch {
                let total = totals[min(requests, totals.count - 1)]
                let value = walk.step(toPage: page).parameters.first.flatMap { Int($0.value) } ?? 0
                let first = settings == Self.byItem ? value - 1 : (value - 1) * pageSize
                let got = Array(max(0, first)..<max(max(0, first), min(total, first + pageSize)))
                items += got
                requests += 1
                let isInList = walk.record(
                    page: page, Self.page(got, total: tellsTotal ? total : nil, areCounted: counts))
                #expect(isInList)
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
            for (page, count) in items.enumerated() {
                let numbers = (0..<count).map { page * 1000 + $0 }
                _ = walk.record(page: page, Self.page(numbers, total: total))
            }
            return walk
        }
        #expect(walk([100, 0, 100, 50], total: 350).fault?.hasPrefix("page 2 of 4 holds too few items") == true)
        #expect(walk([100, 100, 49, 50], total: 350).fault?.hasPrefix("page 3 of 4 holds too few items") == true)
        #expect(walk([100, 100, 100, 50], total: 350).fault == nil)
        #expect(walk([100, 100, 98, 2], total: 300).fault == nil)
        #expect(walk([50], total: 50).fault == nil)
    }

    @Test func `asks once where there are no pages`() {
        var walk = PageWalk(nil)
        #expect(walk.next() == 0..<1)
        _ = walk.record(page: 0, Self.page([1]))
        let rest = walk.next()
        #expect(rest.isEmpty)
    }

    @Test(arguments: [Self.byPage, Self.byItem], [true, false])
    func `reads every item once where nobody counts them`(settings: PageSettings, tellsTotal: Bool) {
        for total in [0, 1, 100, 101, 350] {
            let (items, requests, walk) = play(
                settings, pageSize: 100, totals: [total], tellsTotal: tellsTotal, counts: false)
            #expect(items == Array(0..<total))
            #expect(requests <= total / 100 + 2)
            #expect(walk.fault == nil && !walk.isCapped)
        }
    }

    @Test func `a page with fewer rows than the first is not the last where rows may have been dropped`() {
        var walk = PageWalk(Self.byPage)
        for (page, rows) in [100, 70, 90].enumerated() {
            let batch = walk.next()
            #expect(batch == page..<page + 1)
            _ = walk.record(page: page, Self.page((0..<rows).map { page * 1000 + $0 }, areCounted: false))
        }
        let fourth = walk.next()
        #expect(fourth == 3..<4)
        _ = walk.record(page: 3, Self.page([], areCounted: false))
        let rest = walk.next()
        #expect(rest.isEmpty && walk.fault == nil)
    }

    @Test func `a second page like the first says that the provider ignores the parameter`() {
        var walk = PageWalk(Self.byPage)
        _ = walk.record(page: 0, Self.page([1, 2]))
        #expect(walk.fault == nil)
        _ = walk.record(page: 1, Self.page([1, 2]))
        #expect(walk.isRepeating)
        #expect(
            walk.fault == "page 2 has the same items as page 1: the provider ignores the parameter `page`")
    }

    @Test(arguments: [false, true])
    func `a page that repeats an earlier one is a fault, or the end if the config says so`(isEnd: Bool) {
        let settings = PageSettings(
            parameter: "page", first: 1, step: 1, size: 2, max: 50, end: PageEnd(isRepeated: isEnd))
        var walk = PageWalk(settings)
        for page in 0..<3 {
            let batch = walk.next()
            #expect(batch == page..<page + 1)
            let isInList = walk.record(page: page, Self.page([page, page + 1]))
            #expect(isInList)
        }
        let fourth = walk.next()
        #expect(fourth == 3..<4)
        let isInList = walk.record(page: 3, Self.page([2, 3]))
        #expect(isInList != isEnd)
        #expect(walk.isRepeating != isEnd)
        #expect(isEnd == (walk.fault == nil))
        let rest = walk.next()
        if isEnd { #expect(rest.isEmpty && !walk.isCapped) }
    }

    @Test func `a page that says that it is the last ends the walk`() {
        var walk = PageWalk(PageSettings(parameter: "page", first: 1, step: 1, size: 2, max: 2))
        _ = walk.next()
        _ = walk.record(page: 0, Self.page([1, 2]))
        let second = walk.next()
        #expect(second == 1..<2)
        _ = walk.record(page: 1, Self.page([3, 4], isLast: true))
        let rest = walk.next()
        #expect(rest.isEmpty && !walk.isCapped)
    }

    @Test func `a page that names the next one leads to it, and the walk ends with the one that names none`() throws {
        let program = try JQProgram(".next")
        for (turn, step) in [
            (PageSettings.Turn.cursor(.filter(program)), PageWalk.Step(parameters: [("after", "c1")])),
            (.next(.header("Link")), PageWalk.Step(url: "c1")),
        ] {
            var walk = PageWalk(PageSettings("after", turn, max: 3))
            var batch = walk.next()
            #expect(batch == 0..<1 && walk.step(toPage: 0) == PageWalk.Step(isFirst: true))
            var page = Self.page([1])
            page.next = "c1"
            _ = walk.record(page: 0, page)
            batch = walk.next()
            #expect(batch == 1..<2 && walk.step(toPage: 1) == step)
            // No page is too short here, and an empty one is one as well.
            page = Self.page([])
            page.next = "c2"
            _ = walk.record(page: 1, page)
            batch = walk.next()
            #expect(batch == 2..<3)
            var capped = walk
            page = Self.page([2, 3])
            _ = walk.record(page: 2, page)
            page.next = "c3"
            _ = capped.record(page: 2, page)
            let rest = (walk.next(), capped.next())
            #expect(rest.0.isEmpty && rest.1.isEmpty)
            #expect(!walk.isCapped && capped.isCapped && walk.fault == nil)
        }
    }

    @Test func `a chain that comes back to a page is a fault`() throws {
        var walk = PageWalk(PageSettings("", .next(.header("Link")), max: 100))
        for number in 0..<2 {
            _ = walk.next()
            var page = Self.page([1, 2])
            page.next = "next \(number)"
            _ = walk.record(page: number, page)
        }
        #expect(
            walk.fault == "page 2 has the same items as page 1: if the provider ends lists so, set pages.end.repeat")
    }

    @Test func `a last page may name the same next page as the one before`() throws {
        var walk = PageWalk(PageSettings("c", .cursor(.header("x")), max: 100))
        for number in 0..<2 {
            _ = walk.next()
            var page = Self.page([number], isLast: number == 1)
            page.next = "same"
            _ = walk.record(page: number, page)
        }
        let rest = walk.next()
        #expect(rest.isEmpty && walk.fault == nil)
    }
}
