package import Basics

/// The terms of a ledger: how much may be sold in total, and in which currencies.
///
/// The opening entry states both; currencies that are added later are in entries of their own. The cap never changes.
package struct LedgerTerms: Equatable, Sendable {
    /// The limit for all orders together.
    package let cap: Satoshi
    /// In the order in which they were named; without repeats, at least one.
    package let currencies: [Currency]

    /// The default terms of a new ledger, and the terms of ledgers whose opening states none, because earlier builds knew no
    /// others.
    package static let standard = LedgerTerms(
        cap: Satoshi(100_00000000), currencies: [Currency("EUR"), Currency("GBP"), Currency("USD")])

    /// The highest possible cap, 21 million BTC: exact in a double, which Redis' scripts compute with.
    package static let highestCap = Satoshi(21_000_000_00000000)
    /// Each currency needs a stream in the read model, and folding examines all of them.
    package static let mostCurrencies = 50

    /// Does not validate: `cap(btc:)`, `cap(digits:)` and `currencies(_:)` validate untrusted values.
    package init(cap: Satoshi, currencies: [Currency]) {
        self.cap = cap
        self.currencies = currencies
    }

    /// Whether the running total may be this high.
    package func allows(_ total: Satoshi) -> Bool { total <= cap }
}

extension LedgerTerms {
    /// Reads BTC like `Satoshi(btc:)`, above 0 and up to 21 million.
    package static func cap(btc text: String) throws(InvalidText) -> Satoshi {
        guard let cap = Satoshi(btc: text), isCap(cap) else {
            throw InvalidText("should be BTC above 0 and up to \(highestCap.btc) with at most 8 decimals, such as 100")
        }
        return cap
    }

    /// Reads satoshi, as stated in entries; nil if the cap is invalid.
    package static func cap(digits text: String) -> Satoshi? {
        Satoshi(digits: text.utf8).flatMap { isCap($0) ? $0 : nil }
    }

    private static func isCap(_ cap: Satoshi) -> Bool { cap > Satoshi(0) && cap <= highestCap }

    /// Reads codes separated by commas, without repeats.
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

    /// The text that `currencies` reads, and that entries state.
    package static func text(of currencies: some Sequence<Currency>) -> String {
        currencies.map(\.rawValue).joined(separator: ",")
    }
}
