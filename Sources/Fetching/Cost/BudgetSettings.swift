import Basics
import Config
import JQ

/// A provider's plan, of which never more is spent.
package struct BudgetSettings: Sendable {
    /// The budget's name: feeds of the same name share the plan.
    let name: String?
    /// The credits in a period.
    let plan: Int
    let period: BudgetPeriod
    /// The number of items that one credit pays for on a page; nil if each call costs one credit.
    let per: Int?
    /// About how many items the list has; nil if unknown.
    let items: Int?
    /// What the provider says that a call has cost.
    let cost: PageValue?
    /// What the provider says that is left.
    let left: PageValue?

    init?(reading reader: ConfigReader) {
        let most = 1_000_000_000
        let name = reader.string(
            "name", optional: true, "What feeds share that are paid by one plan; by default the stream's name.")
        let plan = reader.integer("plan", in: 1...most, "How many credits the plan has in a period.")
        let length = reader.parsed("period", type: "duration", default: "month", "The plan's period, or `month`.") {
            text in
            if text == "month" { return Duration?.none }
            guard let length = ConfigQuantity.duration(text), (.seconds(60)...(.seconds(366 * 86_400))).contains(length)
            else { throw InvalidText("should be `month` or a duration from 60s to 366d, not \"\(text)\"") }
            return length
        }
        let resets = reader.parsed(
            "resets", type: "time", optional: true,
            "When a period begins, as RFC 3339 or a date; without it months begin on their first day, and other periods may begin at any time."
        ) { text in
            guard let time = Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "T00:00:00Z") else {
                throw InvalidText("should be a time such as \"2026-11-05T13:00:00Z\" or a date, not \"\(text)\"")
            }
            return time
        }
        let per = reader.integerIfPresent(
            "per", in: 1...most, "A page costs one credit per this many items, rounded up; without it, one per call.")
        let items = reader.integerIfPresent(
            "items", in: 1...most,
            "About how many items the list has. A list that the rest of the plan does not pay for is not begun.")
        let cost = PageValue.reading(
            reader, "cost", "What the provider says that the call has cost; a string is a filter.")
        let left = PageValue.reading(
            reader, "left", "What the provider says is left of the plan; a string is a filter.")
        reader.finish()
        guard let plan, let length, reader.has("cost") == (cost != nil), reader.has("left") == (left != nil),
            reader.has("resets") == (resets != nil)
        else { return nil }
        self.name = name
        self.plan = plan
        self.per = per
        self.items = items
        self.cost = cost
        self.left = left
        period =
            switch (length, resets) {
            case (nil, let resets): .monthly(beginning: resets ?? Timestamp(milliseconds: 0))
            case (let length?, let resets?): .fixed(length, beginning: resets)
            case (let length?, nil): .rolling(length)
            }
    }

    /// How often a fetch that costs so much is usually paid for.
    func usualPeriod(credits: Int) -> Duration {
        let fetches = Int64(max(1, plan / max(1, credits)))
        return .seconds(60 * (Int64(period.length / .seconds(60)) / fetches + 1))
    }

    /// The same plan, for what is told about it.
    var costs: CostSettings { CostSettings(per: per, items: items, plan: plan, period: period.length) }
}
