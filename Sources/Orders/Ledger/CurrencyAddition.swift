import Basics
package import Redis
package import Tape

/// An entry that adds currencies to those that the ledger takes.
package struct CurrencyAddition: Equatable, Sendable {
    package let id: StreamID
    package let tail: OrderTail
    /// When they were added, in RFC 3339.
    package let added: String
    /// All currencies that the ledger takes from now on, the new ones last.
    package let currencies: [Currency]
    /// How many of them are new; at least one, and not all.
    package let newCount: Int
    /// The running total, which stays unchanged.
    package let total: Satoshi

    /// Its field in the table of seen keys: the list of currencies before the addition.
    ///
    /// Starting with the opening's list, one can follow all additions without reading the ledger. No order has such a key,
    /// because theirs contain spaces.
    package var identity: String { LedgerTerms.text(of: currencies.dropLast(newCount)) }

    init(_ entry: TapeEntry) throws(DamagedEntry) {
        let fields = EntryFields(entry)
        id = entry.id
        tail = try fields.read("tail", OrderTail.init)
        added = try fields.read("added") { Timestamp(rfc3339: $0) == nil ? nil : $0 }
        let all = try fields.read("currencies") { try? LedgerTerms.currencies($0) }
        newCount = try fields.read("new_currencies") { text in
            guard let new = try? LedgerTerms.currencies(text), new.count < all.count else { return nil }
            return Array(all.suffix(new.count)) == new ? new.count : nil
        }
        currencies = all
        total = try fields.read("total") { Satoshi(digits: $0.utf8) }
    }

    /// Why the entry cannot follow entries with these currencies and this total; nil if it can.
    func contradiction(to known: [Currency], total: Satoshi) -> String? {
        if self.total != total {
            return "has the running total \(self.total.digits), where \(total.digits) would be right"
        }
        guard currencies.dropLast(newCount) == known[...] else {
            return "adds currencies to \(identity), where \(LedgerTerms.text(of: known)) would be right"
        }
        return nil
    }
}

/// Adds currencies to those that a ledger takes.
///
/// Apis and project workers keep running: the first order in a new currency is taken, and folded, without a restart.
package struct CurrencyAdder: Sendable {
    /// The script's answers; all but `added` have changed nothing.
    package enum Outcome: Equatable, Sendable {
        /// The entry, and all currencies that the ledger takes now.
        case added(StreamID, [Currency])
        /// The ledger already takes this currency.
        case known(Currency)
        /// The ledger would have more than `LedgerTerms.mostCurrencies`.
        case tooMany
        /// There is no ledger.
        case notOpen
        /// The table of seen keys does not lead to the newest currencies; says how, in words.
        case keysLost(String)
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

    /// Reads the whole ledger before it writes, because only that shows whether the table of seen keys lacks some additions.
    package func add(_ currencies: [Currency]) async throws(RedisError) -> Outcome {
        while true {
            let newest = try await KeyAudit(ledger: redis, keys: keys, clock: clock).newestAddition()
            let reply = try await redis.evaluate(
                Self.script, keys: [keys.ledger, keys.seen],
                arguments: [
                    LedgerTerms.text(of: currencies), newest.map { "\($0)" } ?? "", "\(OrderTail.random())",
                    clock.now.rfc3339, LedgerTerms.text(of: LedgerTerms.standard.currencies),
                    "\(LedgerTerms.mostCurrencies)",
                ])
            let parts = (reply.array ?? []).map { $0.text ?? "" }
            switch (parts.first, parts.count) {
            case ("ok", 3):
                if let id = StreamID(parts[1]), let all = try? LedgerTerms.currencies(parts[2]) {
                    return .added(id, all)
                }
            case ("known", 2):
                if let currency = Currency(rawValue: parts[1]) { return .known(currency) }
            case ("too-many", 1): return .tooMany
            case ("not-open", 1): return .notOpen
            case ("damaged", 2): return .damaged(parts[1])
            case ("moved", 2):
                // Somebody else may have added currencies in the meantime; then the next attempt finds that entry too.
                if let found = StreamID(parts[1]), newest.map({ $0 < found }) ?? true { continue }
                return .keysLost(
                    "it leads to \(parts[1].isEmpty ? "no currencies" : "the currencies \(parts[1])"), and the newest are "
                        + "\(newest.map { "\($0)" } ?? "those of the opening")")
            default: break
            }
            throw RedisError(
                .unexpectedReply, command: "add_currencies.lua",
                message: "the answer \"\(parts.joined(separator: " "))\"")
        }
    }

    private static let script = RedisScript(
        name: "add_currencies", source: PackageResources.add_currencies_lua, functions: PackageResources.ledger_lua,
        probesWrites: true)
}
