package import Redis
import Tape

/// The exact sums over all orders up to `last`.
package struct ReadModelStatistics: Equatable, Sendable {
    /// The sums over the orders in one currency.
    package struct Sums: Equatable, Sendable {
        package var count: UInt64 = 0
        /// The amount paid, in hundred-millionths of the currency.
        package var units: UInt128 = 0
        /// The amount bought.
        package var satoshi = Satoshi(0)

        package init() {}

        /// The amount paid, as a plain decimal of the currency.
        package var amount: String { Decimal128.text(units, scale: 8) }
    }

    /// The ledger's entry that was folded last; nil before the first.
    package private(set) var last: LedgerMark?
    /// When that entry was made, in RFC 3339.
    package private(set) var lastCreatedAt: String?
    /// The ledger's running total as of `last`.
    package private(set) var total = Satoshi(0)
    /// The currencies that the ledger takes as of `last`; empty before the first entry.
    package private(set) var currencies: [Currency] = []
    private var sums: [Currency: Sums] = [:]

    /// The statistics of an empty read model.
    package init() {}

    /// Zero for a currency without orders, and for one that the ledger does not take.
    package subscript(currency: Currency) -> Sums { sums[currency] ?? Sums() }

    /// The number of orders.
    package var count: UInt64 { sums.values.reduce(0) { $0 + $1.count } }

    /// Folds the entry after `last`.
    ///
    /// Throws and changes nothing if the entry does not fit: only the ledger's first entry is an opening, each running total is
    /// the previous one plus the order, and the ledger must take the order's currency.
    package mutating func fold(_ entry: LedgerEntry) throws(DamagedEntry) {
        switch entry {
        case .opening(let opening):
            guard last == nil else { throw DamagedEntry(opening.id, "opens a ledger that had been opened") }
            lastCreatedAt = opening.opened
            take(opening.terms.currencies)
        case .raise(let raise):
            guard last != nil else { throw DamagedEntry(raise.id, "is the first, and not the ledger's opening") }
            guard raise.total >= total else {
                throw DamagedEntry(raise.id, "raises the running total to \(raise.total.digits), from \(total.digits)")
            }
            lastCreatedAt = raise.raised
        case .addition(let addition):
            guard last != nil else { throw DamagedEntry(addition.id, "is the first, and not the ledger's opening") }
            if let reason = addition.contradiction(to: currencies, total: total) {
                throw DamagedEntry(addition.id, reason)
            }
            lastCreatedAt = addition.added
            take(addition.currencies)
        case .order(let order):
            guard last != nil else { throw DamagedEntry(entry.id, "is the first, and not the ledger's opening") }
            let expected = total + order.order.satoshi
            guard order.total == expected else {
                throw DamagedEntry(
                    entry.id, "has the running total \(order.total.digits), where \(expected.digits) would be right")
            }
            guard currencies.contains(order.order.currency) else {
                throw DamagedEntry(
                    entry.id, "is in \(order.order.currency.rawValue), which the ledger does not take there")
            }
            lastCreatedAt = order.order.createdAt
            var sum = self[order.order.currency]
            sum.count += 1
            sum.units += UInt128(order.order.amount.units)
            sum.satoshi = sum.satoshi + order.order.satoshi
            sums[order.order.currency] = sum
        }
        last = LedgerMark(id: entry.id, tail: entry.tail)
        total = entry.total
    }

    private mutating func take(_ currencies: [Currency]) {
        self.currencies = currencies
        for currency in currencies where sums[currency] == nil { sums[currency] = Sums() }
    }
}

extension ReadModelStatistics {
    /// The fields of the hash, in the order in which redis-cli shows them; none for an empty read model.
    package var fields: [(name: String, value: String)] {
        guard let last, let lastCreatedAt else { return [] }
        let marks = [
            ("last", "\(last.id)"), ("last_tail", "\(last.tail)"), ("last_created_at", lastCreatedAt),
            ("total", total.digits), ("currencies", LedgerTerms.text(of: currencies)),
        ]
        return marks
            + currencies.flatMap { currency in
                let (name, sums) = (currency.rawValue, self[currency])
                return [
                    ("\(name):count", "\(sums.count)"), ("\(name):units", "\(sums.units)"),
                    ("\(name):satoshi", sums.satoshi.digits),
                ]
            }
    }

    /// Parses the reply of HGETALL.
    package init(_ reply: RedisReply) throws(DamagedReadModel) {
        let flat = (reply.array ?? []).map { $0.text ?? "" }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: flat.count - 1, by: 2) { fields[flat[index]] = flat[index + 1] }
        guard !fields.isEmpty else { return }
        func read<Value>(_ name: String, _ convert: (String) -> Value?) throws(DamagedReadModel) -> Value {
            guard let value = fields[name].flatMap(convert) else {
                throw DamagedReadModel("the statistics' field \(name) is missing or unreadable")
            }
            return value
        }
        last = LedgerMark(
            id: try read("last") { StreamID($0) }, tail: try read("last_tail") { OrderTail($0) })
        lastCreatedAt = try read("last_created_at") { $0 }
        total = try read("total") { Satoshi(digits: $0.utf8) }
        // Earlier builds did not write the currencies, because they knew only the standard ones.
        currencies =
            fields["currencies"] == nil
            ? LedgerTerms.standard.currencies : try read("currencies") { try? LedgerTerms.currencies($0) }
        for currency in currencies {
            var sum = Sums()
            // The same limit as in project.lua, so that sums of counts are far from overflow.
            sum.count = try read("\(currency.rawValue):count") { $0.utf8.count <= 15 ? UInt64($0) : nil }
            sum.units = try read("\(currency.rawValue):units") { Satoshi(digits: $0.utf8)?.value }
            sum.satoshi = try read("\(currency.rawValue):satoshi") { Satoshi(digits: $0.utf8) }
            sums[currency] = sum
        }
        guard sums.values.reduce(Satoshi(0), { $0 + $1.satoshi }) <= total else {
            throw DamagedReadModel("the currencies' sums are more than the total, \(total.digits)")
        }
    }
}
