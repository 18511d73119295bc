import Basics

/// Whether a request that finds an old list has a new one made: one flight at a time, and one a minute.
struct OnDemandPolicy {
    let olderThan: Duration
    private(set) var isFlying = false
    private var earliest: Timestamp?

    init(olderThan: Duration) {
        self.olderThan = olderThan
    }

    /// Whether a flight begins now; it must then be ended with `end`.
    mutating func begins(newest: Minute?, now: Timestamp) -> Bool {
        guard !isFlying, earliest.map({ now >= $0 }) ?? true else { return false }
        if let newest, now - newest.start <= olderThan { return false }
        isFlying = true
        return true
    }

    /// What a flight that ended well did not bring, another one in the same minute would not bring either.
    mutating func end(well: Bool, now: Timestamp) {
        isFlying = false
        earliest = well ? Minute(containing: now).advanced(byMinutes: 1).start : now + .seconds(1)
    }
}
