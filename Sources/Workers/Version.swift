package enum Version {
    /// Stated in heartbeats and metrics, and shown to people.
    package static let current = "0.1.0"

    /// The newest form of the ledger of orders that this build reads; heartbeats state it, except those of builds that only read
    /// the first form.
    ///
    /// 2: the opening states the cap and the currencies, and currencies may be added.
    package static let ledger = 2
}
