package import Basics
import JSON
package import Tape

/// What one BTC costs in each currency that the feed rates, as of a minute.
package struct BTCRates: Equatable, Sendable {
    package let minute: Minute
    package let kind: DataKind
    package let rates: [Currency: Rate]

    package init(minute: Minute, kind: DataKind, rates: [Currency: Rate]) {
        self.minute = minute
        self.kind = kind
        self.rates = rates
    }

    /// Reads an entry whose first row has rates, in strings or numbers, each under its currency; nil for a gap.
    ///
    /// A member without a value is none; other members may stand there too. One rate that cannot be read spoils the entry.
    package init?(_ entry: TapeEntry) throws(DamagedEntry) {
        guard let rows = entry.rows else { return nil }
        var rates: [Currency: Rate] = [:]
        for (name, text) in Self.members(of: rows) {
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

    /// Whether an order may be priced by them.
    package func isYoung(_ maxAge: Duration, _ clock: TapeClock) -> Bool { clock.now <= minute.start + maxAge }

    /// Which currencies of a ledger have no rate, in words; nil if all have one.
    package func shortfall(for terms: LedgerTerms) -> String? {
        let unrated = terms.currencies.filter { rates[$0] == nil }
        guard !unrated.isEmpty else { return nil }
        return
            "the newest rates have none for \(LedgerTerms.text(of: unrated)), so no such order is taken: add it to the "
            + "filter of the feed of rates"
    }

    /// The members of the first object, numbers as they are written.
    private static func members(of rows: [UInt8]) -> [String: String] {
        var lexer = JSONLexer()
        var members: [String: String] = [:]
        var name: String?
        while let token = try? lexer.next(in: rows.span) {
            switch token.kind {
            case .string(let hasEscapes):
                let text = JSONString.decode(token.range, hasEscapes: hasEscapes, in: rows.span)
                if let known = name {
                    members[known] = text
                    name = nil
                } else {
                    name = text
                }
            case .number:
                if let known = name { members[known] = String(decoding: rows[token.range], as: UTF8.self) }
                name = nil
            case .true, .false, .null: name = nil
            case .endObject, .end: return members
            default: break
            }
        }
        return [:]
    }
}
