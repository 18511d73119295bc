package import Basics
package import Redis
package import Tape

/// A call of `create_order.lua`: its keys and arguments.
package struct OrderScript: Sendable {
    package static let script = RedisScript(
        name: "create_order", source: PackageResources.create_order_lua, functions: PackageResources.ledger_lua,
        probesWrites: true)

    /// The ledger, the table of seen keys, and the mark of a loss.
    package let keys: [String]
    /// In the order of the script's `ARGV`; without an offer, the arguments for it are empty.
    package let arguments: [any RedisArgument]

    /// Without an offer it only looks up the key.
    ///
    /// `entriesWithoutKey` is the number of the ledger's entries that have no key of their own. With `onlyQuotes` nothing is
    /// placed, and the request's key does not count.
    package init(
        _ request: OrderRequest, offer: Offer?, tail: OrderTail, now: Timestamp, known: LedgerMark?,
        entriesWithoutKey: Int, onlyQuotes: Bool = false, keys: TapeKeys
    ) {
        self.keys = [keys.ledger, keys.seen, keys.missing]
        let head = [request.currency.rawValue, "\(request.amount)", "\(request.key)"]
        let expected = [known.map { "\($0.id)" } ?? "", known.map { "\($0.tail)" } ?? "", "\(entriesWithoutKey)"]
        let standard = LedgerTerms.standard
        let terms = [standard.cap.digits, LedgerTerms.text(of: standard.currencies)]
        let offered =
            offer.map { offer in
                [
                    offer.satoshi.digits, "\(offer.rate)", "\(offer.rateMinute)", "\(offer.validFrom.milliseconds)",
                    "\(offer.validUntil.milliseconds)", offer.kind.rawValue, "\(tail)", now.rfc3339,
                ]
            } ?? Array(repeating: "", count: 8)
        arguments = head + offered + expected + terms + [onlyQuotes ? "1" : ""]
    }
}
