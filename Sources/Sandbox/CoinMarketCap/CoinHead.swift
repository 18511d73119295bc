import Basics

/// The members of a coin that are the same in every minute.
enum CoinHead {
    private static let tags = [
        "mineable", "pow", "pos", "sha-256", "store-of-value", "state-channel", "smart-contracts", "layer-1", "layer-2",
        "defi", "payments", "stablecoin", "memes", "governance", "gaming", "ai-big-data", "real-world-assets",
        "ethereum-ecosystem", "bnb-chain-ecosystem", "solana-ecosystem", "decentralized-exchange-dex-token",
        "binance-listing", "coinbase-ventures-portfolio", "made-in-america",
    ]

    /// The JSON object up to the value of `cmc_rank`.
    static func json(_ profile: CoinProfile, using random: inout SplitMix64) -> [UInt8] {
        let supply = JSONNumber.text(profile.supply)
        let circulating = profile.isVerified ? supply : "0"
        let slug = profile.slug ?? Slug.text(profile.name, id: profile.id)
        let pairs = Int.random(in: 1...max(2, 12_000 / profile.place), using: &random)
        // A fixed distance between ids approximates the dates on which coins were listed.
        let listed = Timestamp(milliseconds: 1_366_934_400_000 + Int64(profile.id) * 10_800_000)
        let text =
            #"{"id":\#(profile.id),"name":"\#(profile.name)","symbol":"\#(profile.symbol)","slug":"\#(slug)","#
            + #""num_market_pairs":\#(pairs),"date_added":"\#(listed.rfc3339)","tags":\#(tagList(profile, using: &random)),"#
            + #""max_supply":\#(profile.maxSupply),"circulating_supply":\#(circulating),"total_supply":\#(supply),"#
            + #""infinite_supply":false,"platform":\#(platform(of: profile, using: &random)),"cmc_rank":"#
        return Array(text.utf8)
    }

    private static func tagList(_ profile: CoinProfile, using random: inout SplitMix64) -> String {
        guard profile.hasTags else { return "null" }
        let count = Int.random(in: 2...14, using: &random)
        let chosen = tags.shuffled(using: &random).prefix(count)
        return "[" + chosen.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }

    private static func platform(of profile: CoinProfile, using random: inout SplitMix64) -> String {
        guard let platform = profile.platform else { return "null" }
        let id = profile.platformIDIsText ? "\"\(platform.id)\"" : "\(platform.id)"
        return #"{"id":\#(id),"name":"\#(platform.name)","symbol":"\#(platform.symbol)","slug":"\#(platform.slug)","#
            + #""token_address":"\#(TokenAddress.random(using: &random))"}"#
    }
}
