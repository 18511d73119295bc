import Orders

/// What is to be told of a fold: that it stops, once for each reason, and that it goes on again.
struct FoldNews {
    enum Item: Equatable {
        case stopped(FoldStop)
        case resumed
    }

    private var told: FoldStop?

    /// Whether nothing stops it, as far as was told.
    var isHealthy: Bool { told == nil }

    /// Takes over how the fold is now: nil is well.
    mutating func changes(to stop: FoldStop?) -> Item? {
        guard stop != told else { return nil }
        told = stop
        return stop.map { .stopped($0) } ?? .resumed
    }
}
