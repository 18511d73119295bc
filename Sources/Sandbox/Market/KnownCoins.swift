/// Well-known coins in the order of their trading volume, so that the start of a list looks familiar.
enum KnownCoins {
    struct Row: Sendable {
        let id: Int
        let symbol: String
        let name: String
        let price: Double
        let supply: Double
        let platform: Platform?
        let isPegged: Bool
    }

    static let rows: [Row] = [
        row(825, "USDT", "Tether USDt", 1.0003, 1.84e11, on: .ethereum, isPegged: true),
        row(1, "BTC", "Bitcoin", 95_000, 19_951_218),
        row(1027, "ETH", "Ethereum", 3120, 120_695_601),
        row(3408, "USDC", "USDC", 0.9999, 7.4e10, on: .ethereum, isPegged: true),
        row(5426, "SOL", "Solana", 138, 5.59e8),
        row(52, "XRP", "XRP", 2.1, 6.025e10),
        row(1839, "BNB", "BNB", 905, 137_738_380),
        row(74, "DOGE", "Dogecoin", 0.152, 1.5188e11),
        row(2010, "ADA", "Cardano", 0.44, 3.587e10),
        row(1958, "TRX", "TRON", 0.279, 9.467e10),
        row(26081, "FDUSD", "First Digital USD", 0.9981, 9.9e8, on: .ethereum, isPegged: true),
        row(20947, "SUI", "Sui", 1.52, 3.68e9),
        row(1975, "LINK", "Chainlink", 12.9, 6.97e8, on: .ethereum),
        row(2, "LTC", "Litecoin", 86, 76_564_032),
        row(1437, "ZEC", "Zcash", 512, 16_350_000),
        row(5805, "AVAX", "Avalanche", 13.4, 4.27e8),
        row(32196, "HYPE", "Hyperliquid", 34.5, 2.7e8),
        row(1831, "BCH", "Bitcoin Cash", 541, 19_958_000),
        row(24478, "PEPE", "Pepe", 0.00000432, 4.2069e14, on: .ethereum),
        row(5994, "SHIB", "Shiba Inu", 0.00000812, 5.8924e14, on: .ethereum),
        row(6535, "NEAR", "NEAR Protocol", 1.98, 1.28e9),
        row(3717, "WBTC", "Wrapped Bitcoin", 94_900, 124_900, on: .ethereum),
        row(6636, "DOT", "Polkadot", 2.35, 1.64e9),
        row(512, "XLM", "Stellar", 0.241, 3.226e10),
        row(4642, "HBAR", "Hedera", 0.137, 4.24e10),
        row(7083, "UNI", "Uniswap", 6.2, 6.3e8, on: .ethereum),
        row(11419, "TON", "Toncoin", 1.55, 2.45e9),
        row(30171, "ENA", "Ethena", 0.253, 7.4e9, on: .ethereum),
        row(7278, "AAVE", "Aave", 168, 15_300_000, on: .ethereum),
        row(8916, "ICP", "Internet Computer", 4.3, 5.4e8),
        row(11841, "ARB", "Arbitrum", 0.215, 5.6e9, on: .ethereum),
        row(21794, "APT", "Aptos", 2.6, 7.4e8),
        row(2280, "FIL", "Filecoin", 1.6, 7.1e8),
        row(328, "XMR", "Monero", 379, 18_446_744),
        row(1321, "ETC", "Ethereum Classic", 13.8, 1.54e8),
        row(3794, "ATOM", "Cosmos", 2.5, 4.8e8),
        row(131, "DASH", "Dash", 68, 12_500_000),
        row(13502, "WLD", "Worldcoin", 0.61, 2.4e9, on: .ethereum),
        row(23095, "BONK", "Bonk", 0.00000951, 8.2e13, on: .solana),
        row(11840, "OP", "Optimism", 0.31, 1.9e9, on: .ethereum),
        row(4943, "DAI", "Dai", 0.9998, 5.36e9, on: .ethereum, isPegged: true),
        row(28752, "WIF", "dogwifhat", 0.37, 9.98e8, on: .solana),
        row(4030, "ALGO", "Algorand", 0.142, 8.8e9),
        row(3077, "VET", "VeChain", 0.0136, 8.6e10),
        row(7226, "INJ", "Injective", 5.9, 1e8),
        row(5176, "XAUt", "Tether Gold", 4065, 375_000, on: .ethereum),
        row(6719, "GRT", "The Graph", 0.053, 1.05e10, on: .ethereum),
        row(2011, "XTZ", "Tezos", 0.49, 1.06e9),
        row(3155, "QNT", "Quant", 83, 12_072_738, on: .ethereum),
        row(2563, "TUSD", "TrueUSD", 0.9976, 4.9e8, on: .tron, isPegged: true),
        row(3957, "LEO", "UNUS SED LEO", 9.1, 9.2e8, on: .ethereum),
        row(3635, "CRO", "Cronos", 0.103, 3.8e10),
    ]

    private static func row(
        _ id: Int, _ symbol: String, _ name: String, _ price: Double, _ supply: Double,
        on platform: Platform? = nil, isPegged: Bool = false
    ) -> Row {
        Row(id: id, symbol: symbol, name: name, price: price, supply: supply, platform: platform, isPegged: isPegged)
    }
}
