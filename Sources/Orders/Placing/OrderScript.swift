package import Basics
package import Redis
package import Tape

/// A call of `create_order.lua`: its keys and arguments.
package struct OrderScript: Sendable {
    package static let script = RedisScript(name: "create_order", source: PackageResources.create_order_lua)

    package let keys: [String]
    package let arguments: [any RedisArgument]

    /// Without an offer it only looks for the key; `rewrites` has a seen key written once more.
    package init(
        _ request: OrderRequest, offer: Offer?, tail: OrderTail, now: Timestamp, known: LedgerMark?, rewrites: Bool,
        keys: TapeKeys
    ) {
        self.keys = [keys.ledger, keys.seen]
        let head = [request.currency.rawValue, "\(request.amount)", "\(request.key)", rewrites ? "1" : "0"]
        guard let offer else {
            arguments = head + [""]
            return
        }
        arguments =
            head + [
                offer.satoshi.digits, "\(offer.rate)", "\(offer.rateMinute)", "\(offer.validFrom.milliseconds)",
                "\(offer.validUntil.milliseconds)", offer.kind.rawValue, "\(tail)", now.rfc3339,
                known.map { "\($0.id)" } ?? "", known.map { "\($0.tail)" } ?? "",
            ]
    }
}
