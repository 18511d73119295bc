package enum Version {
    /// Told by heartbeats, by the process' metrics, and to people.
    package static let current = "0.1.0"

    /// The newest form of the ledger of orders that this build reads; heartbeats tell it, and those of builds that read the
    /// first one alone do not.
    ///
    /// 2: the opening states the cap and the currencies, and currencies may be added.
    package static let ledger = 2
}
