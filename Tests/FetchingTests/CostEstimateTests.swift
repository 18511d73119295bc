import Testing

@testable import Fetching

@Suite struct CostEstimateTests {
    private let pages = PageSettings(parameter: "start", first: 1, step: 5000, size: 5000, max: 4)
    private let minute: Duration = .seconds(60)

    @Test func `a page costs a credit for each so many items begun`() {
        let cost = CostEstimate(every: minute, pages: pages, cost: CostSettings(per: 200, items: 9_695))
        #expect((cost.pages, cost.credits, cost.isUpperBound) == (2, 49, false))
        #expect(cost.daily == "2 pages a time, 2880 calls a day, 70560 credits a day")
        #expect(cost.warning == nil)
    }

    @Test func `without a number of items all pages that may be asked for count`() {
        let cost = CostEstimate(every: minute, pages: pages, cost: CostSettings(per: 200))
        #expect((cost.pages, cost.credits, cost.isUpperBound) == (4, 100, true))
        #expect(cost.daily == "at most 4 pages a time, 5760 calls a day, 144000 credits a day")
        #expect(
            CostEstimate(every: minute, pages: pages, cost: nil).daily == "at most 4 pages a time, 5760 calls a day")
        #expect(CostEstimate(every: .seconds(300), pages: nil, cost: nil).daily == "1 page a time, 288 calls a day")
    }

    @Test func `says when the plan is used up, and which interval would fit`() {
        func warning(_ plan: Int, every: Duration) -> String? {
            CostEstimate(every: every, pages: pages, cost: CostSettings(per: 200, items: 10_000, plan: plan)).warning
        }
        #expect(
            warning(15_000, every: minute)
                == #"a plan of 15000 credits in 30d is used up in 5h; schedule.every "144m" would fit"#)
        #expect(warning(15_000, every: .seconds(143 * 60)) != nil)
        #expect(warning(15_000, every: .seconds(144 * 60)) == nil)
        #expect(warning(2_160_000, every: minute) == nil)
        #expect(
            warning(2_159_999, every: minute)?.hasSuffix(#"is used up in 29d23h; schedule.every "2m" would fit"#)
                == true)
        #expect(warning(100, every: minute)?.hasSuffix("is used up in 2m; not even one fetch a day would fit") == true)
        #expect(warning(49, every: minute)?.contains("is used up in 59s") == true)
    }

    @Test func `a list of one page costs by its items, or one`() {
        let cost = CostEstimate(every: minute, pages: nil, cost: CostSettings(per: 200, items: 450, plan: 1))
        #expect(cost.credits == 3)
        #expect(CostEstimate(every: minute, pages: nil, cost: CostSettings(per: 200)).credits == 1)
    }
}
