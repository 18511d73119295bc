/// The providers that the sandbox imitates.
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

    /// Makes the providers' random numbers independent.
    var salt: UInt64 {
        switch self {
        case .coinmarketcap: 1
        case .cryptocompare: 2
        case .coinbase: 3
        }
    }
}
