import Basics

/// What a feed costs if all goes well, without retries.
package struct CostEstimate: Equatable, Sendable {
    /// The number of pages, and so of calls, per fetch.
    package let pages: Int
    /// Whether `pages` is only the maximum.
    package let isUpperBound: Bool
    /// The provider's credits that one fetch uses.
    package let credits: Int
    /// The credits that a call uses at most.
    let creditsOfCall: Int
    /// The credits that the calls of one list use at most; a fetch may read several lists.
    var creditsOfList: Int { pages / lists * creditsOfCall }
    /// The credits that the calls of a fetch use at most, so far as they are known.
    var creditsOfFetch: Int { isUpperBound ? creditsOfCall : lists * creditsOfList }
    private let lists: Int
    private var every: Duration
    package let plan: Int?
    private let period: Duration

    /// `lists` is how many lists of pages a fetch reads.
    init(every: Duration, lists: Int = 1, pages settings: PageSettings?, cost: CostSettings?) {
        self.every = every
        self.lists = lists
        plan = cost?.plan
        period = cost?.period ?? .zero
        creditsOfCall = Self.credits(of: settings?.size ?? cost?.items ?? 1, cost?.per)
        guard let settings else {
            let isKnown = cost?.per == nil || cost?.items != nil
            (pages, isUpperBound) = (lists, false)
            credits = lists * (isKnown ? Self.credits(of: cost?.items ?? 1, cost?.per) : 1)
            return
        }
        guard let size = settings.size else {
            // Nothing says how many items a page has.
            (pages, isUpperBound) = (lists * settings.max, true)
            credits = pages
            return
        }
        isUpperBound = cost?.items == nil
        let items = min(cost?.items ?? .max, settings.max * size)
        let full = items / size
        let rest = items % size
        pages = lists * (full + (rest > 0 ? 1 : 0))
        credits =
            lists * (full * Self.credits(of: size, cost?.per) + (rest > 0 ? Self.credits(of: rest, cost?.per) : 0))
    }

    /// The same, for another period.
    func every(_ period: Duration) -> CostEstimate {
        var estimate = self
        estimate.every = period
        return estimate
    }

    private static func credits(of items: Int, _ per: Int?) -> Int {
        guard let per else { return 1 }
        return (items + per - 1) / per
    }

    /// The calls per day, and the credits if they differ.
    package var daily: String {
        let fetches = Double(86_400) / (every / .seconds(1))
        func text(_ count: Int) -> String { "\(Int((Double(count) * fetches).rounded(.up)))" }
        let most = isUpperBound ? "at most " : ""
        let calls = "\(most)\(pages) \(pages == 1 ? "page" : "pages") a time, \(text(pages)) calls a day"
        return credits == pages ? calls : "\(calls), \(text(credits)) credits a day"
    }

    /// A warning that the plan does not last for its period; nil if it does, or there is no plan.
    package var warning: String? {
        guard let plan else { return nil }
        let fetches = Double(plan) / Double(credits)
        let lasts = Duration.seconds(Int64((every / .seconds(1) * fetches).rounded()))
        guard lasts < period else { return nil }
        let minutes = Int64((period / .seconds(60) / fetches).rounded(.up))
        let hint =
            minutes <= 1440
            ? "schedule.every \"\(minutes)m\" would fit" : "not even one fetch a day would fit"
        return "a plan of \(plan) credits in \(period.short) is used up in \(lasts.short); \(hint)"
    }
}
