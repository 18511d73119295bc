import Basics

/// The age of an item's quote, according to the provider.
enum QuoteAge: Sendable {
    case current
    /// Seven weeks, because nobody trades it any more.
    case weeks
    /// An hour ahead of the clock.
    case future
    /// The time is null.
    case unknown

    func instant(at minute: Minute) -> Timestamp? {
        switch self {
        case .current: minute.advanced(byMinutes: -1).start
        case .weeks: minute.advanced(byMinutes: -7 * 7 * 1440).start
        case .future: minute.advanced(byMinutes: 60).start
        case .unknown: nil
        }
    }
}
