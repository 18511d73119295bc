package import Basics
package import Tape

/// What one BTC costs in each currency, as of a minute.
package struct BTCRates: Equatable, Sendable {
    package let minute: Minute
    package let kind: DataKind
    package let rates: [Currency: Rate]

    package init(minute: Minute, kind: DataKind, rates: [Currency: Rate]) {
        self.minute = minute
        self.kind = kind
        self.rates = rates
    }

    /// Reads an entry whose first row has a rate for each currency, in a string or a number; nil for a gap.
    package init?(_ entry: TapeEntry) throws(DamagedEntry) {
        guard let rows = entry.rows else { return nil }
        var rates: [Currency: Rate] = [:]
        let members = Self.members(of: rows)
        for currency in Currency.allCases {
            guard let text = members[currency.rawValue] else {
                throw DamagedEntry(entry.id, "has no rate for \(currency.rawValue)")
            }
            guard let rate = Rate(text) else {
                throw DamagedEntry(entry.id, "has no decimal above 0 for \(currency.rawValue): \(text.prefix(50))")
            }
            rates[currency] = rate
        }
        guard let kind = DataKind(of: entry) else {
            throw DamagedEntry(entry.id, "has an unreadable field \(DataKind.field)")
        }
        self.init(minute: entry.minute, kind: kind, rates: rates)
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
