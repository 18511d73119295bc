/// The providers that are played.
enum Provider: String, CaseIterable, Sendable {
    case coinmarketcap
    case cryptocompare
    case coinbase

    init?(path: String) {
        switch path {
        case CoinMarketCap.path: self = .coinmarketcap
        case CryptoCompare.path: self = .cryptocompare
        case Coinbase.path: self = .coinbase
        default: return nil
        }
    }

    /// Tells the providers' random draws apart.
    var salt: UInt64 {
        switch self {
        case .coinmarketcap: 1
        case .cryptocompare: 2
        case .coinbase: 3
        }
    }
}
