import Basics

/// The period of a provider's plan, in which its credits count.
enum BudgetPeriod: Equatable, Sendable {
    /// Nobody knows when the provider's periods begin: what was spent in any stretch of this length counts.
    case rolling(Duration)
    /// Periods of this length, one of which begins at this time.
    case fixed(Duration, beginning: Timestamp)
    /// Months, which begin on the day and at the time of this one (UTC), or on the last day of a shorter month.
    case monthly(beginning: Timestamp)

    /// A call that is sent now may arrive so much later, and clocks may differ by as much.
    static let slack: Duration = .seconds(60)

    /// What counts at a time: a period begins to count alone once its beginning is `slack` ago.
    struct Window: Equatable {
        /// The beginning of the first part that counts.
        let from: Timestamp
        /// The beginning of the part of the period to which credits belong that are spent now.
        let part: Timestamp
        /// When the period ends, or has just ended; nil if it always is the time before now.
        let until: Timestamp?
    }

    /// A rolling period is counted in so many parts; more is counted than needed, by one part at most.
    private static let parts = 720

    func window(at now: Timestamp) -> Window {
        switch self {
        case .rolling(let length):
            let part = Self.part(of: length)
            let begin = Timestamp(
                milliseconds: now.milliseconds - now.milliseconds.flooredRemainder(by: part.milliseconds))
            return Window(from: begin - length - min(length, Self.slack), part: begin, until: nil)
        case .fixed(let length, let first):
            let settled = now - Self.slack
            let begin = first + length * Int((settled - first).milliseconds.flooredQuotient(by: length.milliseconds))
            return Window(from: begin, part: begin, until: begin + length)
        case .monthly(let first):
            let settled = now - Self.slack
            let month = Self.month(of: settled)
            let here = Self.boundary(in: month, like: first)
            let begin = here <= settled ? here : Self.boundary(in: month - 1, like: first)
            return Window(
                from: begin, part: begin, until: here <= settled ? Self.boundary(in: month + 1, like: first) : here)
        }
    }

    /// How long to wait for the next fetch, so that the rest of the plan is spread evenly over the rest of the period.
    ///
    /// Whole minutes, at least one. A fetch costs `credits`, and `oldest` is the beginning of the oldest part that counts.
    func pace(credits: Int, spent: Int, plan: Int, oldest: Timestamp?, now: Timestamp) -> Duration {
        let window = window(at: now)
        var time: Duration
        if let until = window.until {
            time = max(.zero, until - now) / max(1, (plan - spent) / credits)
        } else {
            // What was spent comes back as it went, so what counts is how fast it goes: somewhat more slowly than the plan allows,
            // because retries cost too, and more slowly still where more has gone than that.
            let length = now - window.from
            time = length / max(1, plan / credits)
            let reserve = max(credits, plan / 20)
            let share = min(1, (oldest.map { now - $0 } ?? .zero) / length)
            let excess = Double(spent) - Double(plan - reserve) * share
            time = time * (1 + max(0, excess) / Double(reserve))
        }
        return .seconds(60 * (time.milliseconds.flooredQuotient(by: 60_000) + 1))
    }

    /// When credits that were spent in a part count no longer.
    func end(ofPart part: Timestamp) -> Timestamp {
        switch self {
        case .rolling(let length): part + length + Self.part(of: length) + min(length, Self.slack)
        case .fixed, .monthly: window(at: part + Self.slack).until ?? part
        }
    }

    private static func part(of length: Duration) -> Duration {
        .seconds(max(1, Int64(length / .seconds(1)) / Int64(parts)))
    }

    /// At most how long credits count.
    var length: Duration {
        switch self {
        case .rolling(let length), .fixed(let length, _): length
        case .monthly: .seconds(31 * 86_400)
        }
    }

    /// Months since year 0.
    private static func month(of time: Timestamp) -> Int {
        let date = date(of: time)
        return date.year * 12 + date.month - 1
    }

    private static func date(of time: Timestamp) -> CivilDate {
        CivilDate(daysSinceEpoch: Int(time.milliseconds.flooredQuotient(by: 86_400_000)))
    }

    private static func boundary(in month: Int, like first: Timestamp) -> Timestamp {
        let (year, number) = (month.flooredQuotient(by: 12), month.flooredRemainder(by: 12) + 1)
        let day = date(of: first).day
        let dates = [day, 30, 29, 28].filter { $0 <= day }.lazy
        let start = dates.compactMap { CivilDate(year: year, month: number, day: $0) }.first
        let time = first.milliseconds.flooredRemainder(by: 86_400_000)
        return Timestamp(milliseconds: Int64(start?.daysSinceEpoch ?? 0) * 86_400_000 + time)
    }
}
