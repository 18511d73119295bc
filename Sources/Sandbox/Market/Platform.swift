/// The chain that a token lives on.
struct Platform: Sendable {
    let id: Int
    let name: String
    let symbol: String
    let slug: String

    static let ethereum = Platform(id: 1027, name: "Ethereum", symbol: "ETH", slug: "ethereum")
    static let bnb = Platform(id: 1839, name: "BNB Smart Chain (BEP20)", symbol: "BNB", slug: "bnb")
    static let solana = Platform(id: 5426, name: "Solana", symbol: "SOL", slug: "solana")
    static let tron = Platform(id: 1958, name: "TRON", symbol: "TRX", slug: "tron")

    static let all = [ethereum, bnb, solana, tron]
}
