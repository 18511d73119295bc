/// What stands where a provider writes a price.
enum QuotedPrice: Sendable {
    /// The market's price of the minute.
    case market
    /// This JSON, every minute the same, so that its digits can be looked for.
    case fixed(String)
    /// Null, as is all that would be computed from it.
    case null
    /// No such member; what would be computed from it is null.
    case missing

    var isAbsent: Bool {
        switch self {
        case .market, .fixed: false
        case .null, .missing: true
        }
    }
}
