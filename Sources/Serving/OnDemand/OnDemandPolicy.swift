import Basics

/// Decides whether a request that finds an old list triggers a new one: one refresh at a time, and one per minute.
struct OnDemandPolicy {
    let olderThan: Duration
    private(set) var isFlying = false
    private var earliest: Timestamp?

    init(olderThan: Duration) {
        self.olderThan = olderThan
    }

    /// Whether a refresh starts now; then `end` must be called after it.
    mutating func begins(newest: Minute?, now: Timestamp) -> Bool {
        guard !isFlying, earliest.map({ now >= $0 }) ?? true else { return false }
        if let newest, now - newest.start <= olderThan { return false }
        isFlying = true
        return true
    }

    /// After a success, another refresh in the same minute would bring nothing new.
    mutating func end(well: Bool, now: Timestamp) {
        isFlying = false
        earliest = well ? Minute(containing: now).advanced(byMinutes: 1).start : now + .seconds(1)
    }
}
