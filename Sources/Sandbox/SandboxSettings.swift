/// The settings of the sandbox: the same settings give the same bytes for a minute, in every run.
package struct SandboxSettings: Sendable {
    /// Another seed gives another market: other coins below the well-known ones, other prices, other ranks.
    package let seed: UInt64
    /// How many coins CoinMarketCap lists.
    ///
    /// At least 10; below 400 some of the awkward items are cut off.
    package let assets: Int
    /// How many assets CryptoCompare ranks.
    ///
    /// At least 10; below 300 some of the awkward items are cut off.
    package let ranked: Int
    /// How many currencies Coinbase quotes.
    package let rates: Int
    /// The key that CoinMarketCap and CryptoCompare require.
    package let key: String
    /// Which faults happen, and how often.
    package let faults: FaultPlan

    /// Raises `assets` and `ranked` to 10 if they are less.
    package init(
        seed: UInt64 = 1, assets: Int = 10_000, ranked: Int = 3_400, rates: Int = 640, key: String = "sandbox-key",
        faults: FaultPlan = FaultPlan()
    ) {
        self.seed = seed
        self.assets = max(10, assets)
        self.ranked = max(10, ranked)
        self.rates = rates
        self.key = key
        self.faults = faults
    }
}
