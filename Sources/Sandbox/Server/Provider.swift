/// The providers that the sandbox imitates.
enum Provider: String, CaseIterable, Sendable {
    case coinmarketcap
    case cryptocompare
    case coinbase
    case coingecko
    case coinpaprika
    case binance
    case coincap

    init?(path: String) {
        switch path {
        case CoinMarketCap.path, CoinMarketCap.publicPath, CoinMarketCap.keyInfoPath: self = .coinmarketcap
        case CryptoCompare.path: self = .cryptocompare
        case Coinbase.path: self = .coinbase
        case CoinGecko.path: self = .coingecko
        case CoinPaprika.path: self = .coinpaprika
        case Binance.path: self = .binance
        case CoinCap.path: self = .coincap
        default: return nil
        }
    }

    /// Makes the providers' random numbers independent.
    var salt: UInt64 {
        switch self {
        case .coinmarketcap: 1
        case .cryptocompare: 2
        case .coinbase: 3
        case .coingecko: 4
        case .coinpaprika: 5
        case .binance: 6
        case .coincap: 7
        }
    }
}
