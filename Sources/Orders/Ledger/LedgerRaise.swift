import Basics
package import Redis
package import Tape

/// An entry by which a person states that more was sold than the ledger shows, because orders were lost.
package struct LedgerRaise: Equatable, Sendable {
    package let id: StreamID
    package let tail: OrderTail
    /// When it was raised, in RFC 3339.
    package let raised: String
    /// The running total from now on: everything that was sold, including the lost orders.
    package let total: Satoshi

    init(_ entry: TapeEntry) throws(DamagedEntry) {
        let fields = EntryFields(entry)
        id = entry.id
        tail = try fields.read("tail", OrderTail.init)
        raised = try fields.read("raised") { Timestamp(rfc3339: $0) == nil ? nil : $0 }
        total = try fields.read("total") { Satoshi(digits: $0.utf8) }
    }
}

/// Raises the ledger's running total, so that lost orders still count against the cap.
package struct LedgerRaiser: Sendable {
    /// The script's answers; all but `raised` have changed nothing.
    package enum Outcome: Equatable, Sendable {
        /// The new entry, the total before, and the ledger's cap.
        case raised(StreamID, from: Satoshi, cap: Satoshi)
        /// The total would exceed the ledger's cap, which is this.
        case beyondCap(Satoshi)
        /// The total is already at least as high.
        case enough(Satoshi)
        /// There is no ledger.
        case notOpen
        /// The ledger contains something that cointape never wrote; says what, in words.
        case damaged(String)
    }

    private let redis: RedisClient
    private let keys: TapeKeys
    private let clock: TapeClock

    package init(ledger redis: RedisClient, keys: TapeKeys, clock: TapeClock) {
        self.redis = redis
        self.keys = keys
        self.clock = clock
    }

    /// Raises the running total to `sold`, which is everything that was ever sold, not the amount to add.
    ///
    /// Also removes the mark of a loss that `sold` accounts for; in that case it writes even if the total stays the same. Running
    /// it again returns `enough`.
    package func raise(to sold: Satoshi) async throws(RedisError) -> Outcome {
        let reply = try await redis.evaluate(
            Self.script, keys: [keys.ledger, keys.missing],
            arguments: [sold.digits, "\(OrderTail.random())", clock.now.rfc3339, LedgerTerms.standard.cap.digits])
        let parts = (reply.array ?? []).map { $0.text ?? "" }
        switch (parts.first, parts.count) {
        case ("ok", 4):
            if let id = StreamID(parts[1]), let before = Satoshi(digits: parts[2].utf8),
                let cap = Satoshi(digits: parts[3].utf8)
            {
                return .raised(id, from: before, cap: cap)
            }
        case ("beyond-cap", 2):
            if let cap = Satoshi(digits: parts[1].utf8) { return .beyondCap(cap) }
        case ("enough", 2):
            if let total = Satoshi(digits: parts[1].utf8) { return .enough(total) }
        case ("not-open", 1): return .notOpen
        case ("damaged", 2): return .damaged(parts[1])
        default: break
        }
        throw RedisError(
            .unexpectedReply, command: "raise_total.lua", message: "the answer \"\(parts.joined(separator: " "))\"")
    }

    private static let script = RedisScript(
        name: "raise_total", source: PackageResources.raise_total_lua, functions: PackageResources.ledger_lua,
        probesWrites: true)
}
