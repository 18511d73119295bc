/// What a provider writes as the price.
enum QuotedPrice: Sendable {
    /// The market's price of the minute.
    case market
    /// This JSON in every minute, so that tests can search for its digits.
    case fixed(String)
    /// Null, as is everything that is computed from it.
    case null
    /// The member is missing; what is computed from it is null.
    case missing

    var isAbsent: Bool {
        switch self {
        case .market, .fixed: false
        case .null, .missing: true
        }
    }
}
