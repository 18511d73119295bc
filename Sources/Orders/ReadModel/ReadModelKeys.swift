package import Tape

/// The keys of a read model of orders: the live one, or one that a rebuild makes beside it.
///
/// They share the hash tag `{read}`, so that one script may use all of them.
package struct ReadModelKeys: Equatable, Sendable {
    /// Which read model: apis show `live`, and `rebuild` replaces it when it is complete.
    package enum Space: Sendable {
        case live, rebuild
    }

    private let stem: String

    package init(_ keys: TapeKeys, _ space: Space = .live) {
        stem = keys.stream(space == .live ? "{read}:" : "{read}:rebuild:")
    }

    /// The hash with `last` and the sums.
    package var statistics: String { stem + "stats" }

    /// Matches all keys, also those of currencies that are added later (ACL rules, glob style).
    package var pattern: String { stem + "*" }

    /// The stream of a currency's orders, or of all orders.
    package func orders(_ currency: Currency? = nil) -> String {
        stem + (currency?.rawValue ?? "all")
    }

    /// All keys in the order that the scripts expect: the statistics, all orders, then each currency's.
    package func all(_ currencies: [Currency]) -> [String] { [statistics] + streams(currencies) }

    /// The stream of all orders, then each currency's.
    package func streams(_ currencies: [Currency]) -> [String] { [orders()] + currencies.map { orders($0) } }
}
