import Basics

/// Decides which list answers a request, based on the clock, the newest list, and the index.
struct ListLookup {
    let now: Timestamp
    /// How old the newest list may be to stand in for the current minute while that is not settled.
    let margin: Duration

    enum Target: Equatable {
        case newest
        case minute(Minute)
        /// Further in the future than anybody can know.
        case future
    }

    func target(of datetime: DateTimeParameter?) -> Target {
        guard let datetime else { return .newest }
        return datetime.minute.start > now + .seconds(60) ? .future : .minute(datetime.minute)
    }

    /// Whether the newest list may be served for a minute that the index does not have yet.
    func mayStandIn(_ newest: Minute, for minute: Minute) -> Bool {
        let current = Minute(containing: now)
        return minute >= current && newest.start >= current.start - margin
    }
}
