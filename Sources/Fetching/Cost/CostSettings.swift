import Config

/// A provider's plan, as declared in a config.
package struct CostSettings: Equatable, Sendable {
    /// The number of items that one credit pays for on a page; nil if each call costs one credit.
    let per: Int?
    /// About how many items the list has; nil if unknown, and then the maximum number of pages counts.
    let items: Int?
    /// The credits per period.
    let plan: Int?
    let period: Duration

    package init(per: Int? = nil, items: Int? = nil, plan: Int? = nil, period: Duration = .seconds(30 * 86_400)) {
        self.per = per
        self.items = items
        self.plan = plan
        self.period = period
    }

    init?(reading reader: ConfigReader) {
        let most = 1_000_000_000
        let items = reader.integerIfPresent(
            "items", in: 1...most, "About how many items the list has, by which its pages are counted.")
        let per = reader.integerIfPresent(
            "per", in: 1...most, "A page costs one credit per this many items, rounded up; without it, one per call.")
        let plan = reader.integerIfPresent("plan", in: 1...most, "How many credits the plan has in a period.")
        let period = reader.duration(
            "period", default: "30d", in: .seconds(60)...(.seconds(366 * 86_400)), "The plan's period.")
        reader.finish()
        guard let period else { return nil }
        self.init(per: per, items: items, plan: plan, period: period)
    }
}
