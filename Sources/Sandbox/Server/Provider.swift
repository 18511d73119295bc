/// The providers that are played.
enum Provider: String, Sendable {
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
}
