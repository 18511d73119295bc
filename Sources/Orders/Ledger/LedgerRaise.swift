import Basics
package import Redis
package import Tape

/// An entry by which a person has said that more was sold than the ledger shows: orders were lost with a copy of it.
package struct LedgerRaise: Equatable, Sendable {
    package let id: StreamID
    package let tail: OrderTail
    /// When, in RFC 3339.
    package let raised: String
    /// The running total from here on: all that was sold, the lost orders included.
    package let total: Satoshi

    init(_ entry: TapeEntry) throws(DamagedEntry) {
        let fields = EntryFields(entry)
        id = entry.id
        tail = try fields.read("tail", OrderTail.init)
        raised = try fields.read("raised") { Timestamp(rfc3339: $0) == nil ? nil : $0 }
        total = try fields.read("total") { Satoshi(digits: $0.utf8) }
    }
}

/// Raises the ledger's running total, so that what was lost counts against the cap all the same.
package struct LedgerRaiser: Sendable {
    /// What the script answers; all but `raised` have changed nothing.
    package enum Outcome: Equatable, Sendable {
        /// The total before, and the ledger's cap.
        case raised(StreamID, from: Satoshi, cap: Satoshi)
        /// It is more than the ledger's cap, which is this.
        case beyondCap(Satoshi)
        /// It is as high already.
        case enough(Satoshi)
        /// There is no ledger.
        case notOpen
        /// The ledger holds what cointape never wrote; what, in words.
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

    /// Raises the running total to `sold`, which is all that was ever sold, and not what is to be added.
    ///
    /// Also takes away the mark of a loss whose total `sold` reaches; then it writes even if the total stays the same.
    /// Running it again answers `enough`.
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
