import Orders

/// Decides what to log about a fold: that it stops, once for each reason, and that it continues.
struct FoldStateTracker {
    enum Change: Equatable {
        case stopped(FoldStop)
        case resumed
    }

    private var told: FoldStop?

    /// Whether nothing stops it, according to the last report.
    var isHealthy: Bool { told == nil }

    /// Takes the present state of the fold, nil for healthy; returns what to log.
    mutating func update(to stop: FoldStop?) -> Change? {
        guard stop != told else { return nil }
        told = stop
        return stop.map { .stopped($0) } ?? .resumed
    }
}
