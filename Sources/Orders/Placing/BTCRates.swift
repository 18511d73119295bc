package import Basics
import JSON
package import Tape

/// The price of one BTC in each currency of the feed, as of a minute.
package struct BTCRates: Equatable, Sendable {
    package let minute: Minute
    package let kind: DataKind
    /// The price of one BTC in each currency; currencies that the feed does not rate are missing.
    package let rates: [Currency: Rate]

    package init(minute: Minute, kind: DataKind, rates: [Currency: Rate]) {
        self.minute = minute
        self.kind = kind
        self.rates = rates
    }

    /// Reads an entry whose first row has the rates, as strings or numbers, under their currencies; nil for a gap.
    ///
    /// Members without a value, and other members, are ignored. An unreadable rate makes the whole entry invalid.
    package init?(_ entry: TapeEntry) throws(DamagedEntry) {
        guard let rows = entry.rows else { return nil }
        var rates: [Currency: Rate] = [:]
        let members: [String: String]
        do throws(JSONSyntaxError) {
            members = try Self.members(of: rows)
        } catch {
            throw DamagedEntry(entry.id, "has rows that cannot be read: \(error)")
        }
        for (name, text) in members {
            guard let currency = Currency(rawValue: name) else { continue }
            guard let rate = Rate(text) else {
                throw DamagedEntry(entry.id, "has no decimal above 0 for \(name): \(text.prefix(50))")
            }
            rates[currency] = rate
        }
        guard !rates.isEmpty else { throw DamagedEntry(entry.id, "has no rate") }
        guard let kind = DataKind(of: entry) else {
            throw DamagedEntry(entry.id, "has an unreadable field \(DataKind.field)")
        }
        self.init(minute: entry.minute, kind: kind, rates: rates)
    }

    /// Whether the rates are recent enough to price an order.
    package func isYoung(_ maxAge: Duration, _ clock: TapeClock) -> Bool { clock.now <= minute.start + maxAge }

    /// Names the currencies of a ledger that have no rate; nil if all have one.
    package func shortfall(for terms: LedgerTerms) -> String? {
        let unrated = terms.currencies.filter { rates[$0] == nil }
        guard !unrated.isEmpty else { return nil }
        return
            "the newest rates have none for \(LedgerTerms.text(of: unrated)), so no such order is taken: add it to the "
            + "filter of the feed of rates"
    }

    /// The members of the first row, with numbers as written.
    private static func members(of rows: [UInt8]) throws(JSONSyntaxError) -> [String: String] {
        let text = rows.span
        var reader = FlatRowsReader()
        var members: [String: String] = [:]
        guard try reader.nextRow(in: text) else { return members }
        while let (name, value) = try reader.nextMember(in: text) {
            switch value.kind {
            case .string, .number: members[name.text(in: text)] = value.text(in: text)
            default: break
            }
        }
        return members
    }
}
