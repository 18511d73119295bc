package import Basics

/// What a ledger allows: how much may be sold in all, and in which currencies.
///
/// The opening entry states both; currencies that were added later stand in entries of their own. The cap never changes.
package struct LedgerTerms: Equatable, Sendable {
    /// What all orders together never exceed.
    package let cap: Satoshi
    /// In the order in which they were named; each once, at least one.
    package let currencies: [Currency]

    /// Those of a new ledger unless others are asked for, and of every ledger whose opening does not state any: earlier
    /// builds knew no others.
    package static let standard = LedgerTerms(
        cap: Satoshi(100_00000000), currencies: [Currency("EUR"), Currency("GBP"), Currency("USD")])

    /// All that there will ever be of it, 21 million BTC: exact in a double, with which Redis' scripts reckon.
    package static let highestCap = Satoshi(21_000_000_00000000)
    /// Each currency is a stream of the read model, and the fold looks at all of them.
    package static let mostCurrencies = 50

    /// Checks nothing: `cap(btc:)`, `cap(digits:)` and `currencies(_:)` check what comes from outside.
    package init(cap: Satoshi, currencies: [Currency]) {
        self.cap = cap
        self.currencies = currencies
    }

    /// Whether a total of this much is one that the ledger can have.
    package func allows(_ total: Satoshi) -> Bool { total <= cap }
}

extension LedgerTerms {
    /// Reads BTC, as `Satoshi(btc:)` does, above 0 and up to 21 million.
    package static func cap(btc text: String) throws(InvalidText) -> Satoshi {
        guard let cap = Satoshi(btc: text), isCap(cap) else {
            throw InvalidText("should be BTC above 0 and up to \(highestCap.btc) with at most 8 decimals, such as 100")
        }
        return cap
    }

    /// Reads satoshi as an entry states them; nil for what is no cap.
    package static func cap(digits text: String) -> Satoshi? {
        Satoshi(digits: text.utf8).flatMap { isCap($0) ? $0 : nil }
    }

    private static func isCap(_ cap: Satoshi) -> Bool { cap > Satoshi(0) && cap <= highestCap }

    /// Reads codes with a comma between two, each once.
    package static func currencies(_ text: String) throws(InvalidText) -> [Currency] {
        var currencies: [Currency] = []
        for code in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let currency = Currency(rawValue: String(code)) else {
                let example = "such as \(Self.text(of: standard.currencies))"
                throw InvalidText(
                    "should be codes of three capital letters with a comma between two, \(example), not \"\(code.prefix(20))\""
                )
            }
            guard !currencies.contains(currency) else { throw InvalidText("has \(code) twice") }
            currencies.append(currency)
        }
        guard currencies.count <= mostCurrencies else {
            throw InvalidText("has more than \(mostCurrencies) currencies")
        }
        return currencies
    }

    /// As `currencies` reads it, and entries state it.
    package static func text(of currencies: some Sequence<Currency>) -> String {
        currencies.map(\.rawValue).joined(separator: ",")
    }
}
