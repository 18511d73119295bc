package import Redis
package import Tape

/// Reads orders: from the read model, and newer ones from the ledger itself.
///
/// The read model is read first. What it lacks at that time is in the ledger, however much is added to either meanwhile, so there
/// are no holes and no duplicates, and an acknowledged order is on the next newest page.
package struct OrderHistory: Sendable {
    let readModel: RedisClient
    let ledger: StreamReader
    private let folded: StreamReader
    private let keys: ReadModelKeys
    private let redis: RedisClient
    private let seen: String

    /// How many unprojected entries a page of one currency examines, and how many of them per round trip.
    static let mostUnprojected = 10_000
    private static let batch = 1_000

    package init(readModel: RedisClient, ledger: RedisClient, keys: TapeKeys, clock: TapeClock) {
        self.readModel = readModel
        self.keys = ReadModelKeys(keys)
        redis = ledger
        seen = keys.seen
        self.ledger = StreamReader(key: keys.ledger, redis: ledger, clock: clock)
        folded = StreamReader(key: self.keys.orders(), redis: readModel, clock: clock)
    }

    /// At most `size` orders below the cursor, which is a position: no order needs to have this id, and its tail is ignored.
    ///
    /// Throws `RedisError`, `DamagedEntry`, `DamagedReadModel`, and with a currency `ReadModelBehind`.
    package func page(before cursor: OrderID?, currency: Currency?, size: Int) async throws -> OrderPage {
        if cursor == nil, let page = try await newestPage(currency, size) { return page }
        let (last, rows) = try await foldedPage(below: cursor?.entry, currency, size + 1)
        let unprojected = try await unprojected(above: last?.id, below: cursor?.entry, currency, size + 1)
        return OrderPage(unprojected, rows, size: size, last: last)
    }

    /// The newest page in one round trip, if the read model has caught up with the ledger; otherwise nil.
    ///
    /// The two may be read in either order: if the ledger's newest entry is not above `last`, the read model has it and all
    /// entries before it.
    private func newestPage(_ currency: Currency?, _ size: Int) async throws -> OrderPage? {
        async let newest = ledger.newest(1)
        let (last, rows) = try await foldedPage(below: nil, currency, size + 1)
        guard let last, let top = try await newest.first, top.id <= last.id else { return nil }
        return OrderPage([], rows, size: size, last: last)
    }

    /// The order with this id; nil if there is none, or if its tail shows that the entry is another order.
    package func order(_ id: OrderID) async throws -> BuyOrder? {
        if let entry = try await folded.newest(1, from: id.entry, to: id.entry).first {
            let order = try BuyOrder(entry)
            return order.id == id ? order : nil
        }
        guard let entry = try await ledger.newest(1, from: id.entry, to: id.entry).first,
            case .order(let order) = try LedgerEntry(entry)
        else { return nil }
        return order.order.id == id ? order.order : nil
    }

    /// The sums over the projected orders.
    package func statistics() async throws -> ReadModelStatistics {
        try ReadModelStatistics(await readModel.send(RedisCommand("HGETALL", keys.statistics)))
    }

    /// The last projected entry of the ledger; nil while the read model is empty.
    package func last() async throws -> LedgerMark? { try await folded()?.mark }

    /// The same, with the running total at that entry.
    package func folded() async throws -> LedgerClaim? {
        let reply = try await readModel.send(RedisCommand("HMGET", keys.statistics, "last", "last_tail", "total"))
        let fields = (reply.array ?? []).map { $0.text ?? "" }
        guard fields.count == 3 else { throw unexpected("HMGET") }
        guard let mark = try mark(fields[0], fields[1]) else { return nil }
        guard let total = Satoshi(digits: fields[2].utf8) else {
            throw DamagedReadModel("the statistics' field total is missing or unreadable")
        }
        return LedgerClaim(mark: mark, total: total)
    }

    /// The ledger's newest entry; nil if it is not open.
    package func newestEntry() async throws -> LedgerEntry? {
        try await ledger.newest(1).first.map { try LedgerEntry($0) }
    }

    /// The ledger's first entry; nil if there is none, or it is not an opening.
    package func opening() async throws -> LedgerOpening? {
        guard let first = try await ledger.oldest(), case .opening(let opening) = try LedgerEntry(first) else {
            return nil
        }
        return opening
    }

    /// The ledger's present terms; nil if it is not open.
    package func terms() async throws -> LedgerTerms? {
        guard var terms = try await opening()?.terms else { return nil }
        while true {
            // The key of an earlier ledger does not lead to an addition.
            let list = LedgerTerms.text(of: terms.currencies)
            guard let id = try await redis.send(RedisCommand("HGET", seen, list)).text,
                let id = StreamID(id), let entry = try await ledger.newest(1, from: id, to: id).first,
                case .addition(let addition) = try LedgerEntry(entry), addition.identity == list
            else { return terms }
            terms = LedgerTerms(cap: terms.cap, currencies: addition.currencies)
        }
    }

    /// Whether the ledger has this entry.
    package func has(_ mark: LedgerMark) async throws(RedisError) -> Bool {
        try await ledger.newest(1, from: mark.id, to: mark.id).first?.text("tail") == "\(mark.tail)"
    }

    private func foldedPage(
        below cursor: StreamID?, _ currency: Currency?, _ count: Int
    ) async throws -> (LedgerMark?, [BuyOrder]) {
        let reply = try await readModel.evaluate(
            Self.script, keys: [keys.statistics, keys.orders(currency)],
            arguments: [cursor.map { "\($0)" } ?? "", count])
        guard let parts = reply.array, parts.count == 3, let last = parts[0].text, let tail = parts[1].text,
            let rows = parts[2].array
        else { throw unexpected("page.lua") }
        let orders = try rows.map { row in
            guard let entry = row.bytes.flatMap(Self.entry) else { throw unexpected("page.lua") }
            let order = try BuyOrder(entry)
            guard currency == nil || order.currency == currency else {
                throw DamagedEntry(entry.id, "stands in the read model of another currency")
            }
            return order
        }
        return (try mark(last, tail), orders)
    }

    /// Parses the lines of an order, as page.lua returns them; nil if they are malformed.
    ///
    /// No folded value contains a newline.
    private static func entry(_ text: [UInt8]) -> TapeEntry? {
        var fields: [String: [UInt8]] = [:]
        fields.reserveCapacity(8)
        var (id, name): (StreamID?, String?)
        var start = 0
        for end in 0...text.count where end == text.count || text[end] == UInt8(ascii: "\n") {
            let line = text[start..<end]
            start = end + 1
            if id == nil {
                id = StreamID(String(decoding: line, as: UTF8.self))
                guard id != nil else { return nil }
            } else if let known = name {
                fields[known] = Array(line)
                name = nil
            } else {
                name = String(decoding: line, as: UTF8.self)
            }
        }
        guard let id, name == nil else { return nil }
        return TapeEntry(id: id, fields: fields)
    }

    /// The newest orders of the ledger between these ids, both excluded.
    private func unprojected(
        above last: StreamID?, below cursor: StreamID?, _ currency: Currency?, _ count: Int
    ) async throws -> [BuyOrder] {
        guard let first = last.map(\.successor) ?? .lowest else { return [] }
        var upper = cursor?.predecessor
        guard cursor == nil || upper.map({ $0 >= first }) == true else { return [] }
        var orders: [BuyOrder] = []
        var scanned = 0
        while orders.count < count {
            let wanted = currency == nil ? count : Self.batch
            let entries = try await ledger.newest(wanted, from: first, to: upper)
            guard scanned < Self.mostUnprojected || entries.isEmpty else { throw ReadModelBehind() }
            for entry in entries {
                guard case .order(let order) = try LedgerEntry(entry) else { continue }
                if currency == nil || order.order.currency == currency { orders.append(order.order) }
            }
            guard entries.count == wanted, let next = entries.last?.id.predecessor, next >= first else { break }
            scanned += entries.count
            upper = next
        }
        return Array(orders.prefix(count))
    }

    private func mark(_ id: String, _ tail: String) throws(DamagedReadModel) -> LedgerMark? {
        if id.isEmpty, tail.isEmpty { return nil }
        guard let id = StreamID(id), let tail = OrderTail(tail) else {
            throw DamagedReadModel("the statistics' field last or last_tail is missing or unreadable")
        }
        return LedgerMark(id: id, tail: tail)
    }

    private func unexpected(_ command: String) -> RedisError {
        RedisError(.unexpectedReply, command: command, message: "a reply that is not as it should be")
    }

    private static let script = RedisScript(
        name: "page", source: PackageResources.page_lua, functions: PackageResources.ledger_lua)
}
