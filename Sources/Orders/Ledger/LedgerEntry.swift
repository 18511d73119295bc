import Basics
package import Tape

/// An entry of the ledger: the opening, which is the first, an order, a raised total, or an addition of currencies.
package enum LedgerEntry: Equatable, Sendable {
    case opening(LedgerOpening)
    case order(LedgerOrder)
    case raise(LedgerRaise)
    case addition(CurrencyAddition)

    /// Determines the kind by the fields `opened`, `raised` and `added`; an entry without any of them is an order.
    ///
    /// Throws if a field of that kind is missing or unreadable; other fields are ignored.
    package init(_ entry: TapeEntry) throws(DamagedEntry) {
        if entry.fields["opened"] != nil {
            self = .opening(try LedgerOpening(entry))
        } else if entry.fields["raised"] != nil {
            self = .raise(try LedgerRaise(entry))
        } else if entry.fields["added"] != nil {
            self = .addition(try CurrencyAddition(entry))
        } else {
            self = .order(try LedgerOrder(entry))
        }
    }

    /// The entry's id in the ledger, which Redis generated from its clock (`XADD` with `*`).
    package var id: StreamID {
        switch self {
        case .opening(let opening): opening.id
        case .order(let order): order.order.id.entry
        case .raise(let raise): raise.id
        case .addition(let addition): addition.id
        }
    }

    package var tail: OrderTail {
        switch self {
        case .opening(let opening): opening.tail
        case .order(let order): order.order.id.tail
        case .raise(let raise): raise.tail
        case .addition(let addition): addition.tail
        }
    }

    /// The running sum after this entry.
    package var total: Satoshi {
        switch self {
        case .opening(let opening): opening.total
        case .order(let order): order.total
        case .raise(let raise): raise.total
        case .addition(let addition): addition.total
        }
    }

    /// Its field in the table of seen keys; nil for openings and raises, which have none.
    package var identity: String? {
        switch self {
        case .order(let order): order.identity
        case .addition(let addition): addition.identity
        case .opening, .raise: nil
        }
    }
}

/// The first entry of a ledger.
package struct LedgerOpening: Equatable, Sendable {
    package let id: StreamID
    package let tail: OrderTail
    /// When it was opened, in RFC 3339.
    package let opened: String
    /// The kind of rates that the ledger accepts.
    package let kind: DataKind
    /// How much was sold before this ledger.
    package let total: Satoshi
    /// The terms at the opening; currencies may have been added later.
    package let terms: LedgerTerms

    init(_ entry: TapeEntry) throws(DamagedEntry) {
        let fields = EntryFields(entry)
        id = entry.id
        tail = try fields.read("tail", OrderTail.init)
        opened = try fields.read("opened") { Timestamp(rfc3339: $0) == nil ? nil : $0 }
        kind = try fields.read(fields.has("rates") ? "rates" : "kind", DataKind.init(rawValue:))
        total = try fields.read("total") { Satoshi(digits: $0.utf8) }
        let standard = LedgerTerms.standard
        terms = LedgerTerms(
            cap: fields.has("cap") ? try fields.read("cap") { LedgerTerms.cap(digits: $0) } : standard.cap,
            currencies: fields.has("currencies")
                ? try fields.read("currencies") { try? LedgerTerms.currencies($0) } : standard.currencies)
    }

    /// The name of the field for the kind of rates.
    ///
    /// Builds that only know the standard terms look for `kind`, and do not accept an opening without it, so they take no orders
    /// for a ledger with other terms.
    package static func kindField(_ terms: LedgerTerms) -> String { terms == .standard ? "kind" : "rates" }
}

/// An order with the fields that only the ledger has.
package struct LedgerOrder: Equatable, Sendable {
    /// The part that clients and the read model also have.
    package let order: BuyOrder
    /// The running sum after this order.
    package let total: Satoshi
    /// The client's key; together with currency and amount it identifies the order.
    package let key: IdempotenceKey

    package init(order: BuyOrder, total: Satoshi, key: IdempotenceKey) {
        self.order = order
        self.total = total
        self.key = key
    }

    init(_ entry: TapeEntry) throws(DamagedEntry) {
        let fields = EntryFields(entry)
        self.init(
            order: try BuyOrder(entry), total: try fields.read("total") { Satoshi(digits: $0.utf8) },
            key: try fields.read("key", IdempotenceKey.init))
    }

    /// Its field in the table of seen keys: currency, canonical amount and key.
    package var identity: String { "\(order.currency.rawValue) \(order.amount) \(key)" }
}
