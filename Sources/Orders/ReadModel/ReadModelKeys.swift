package import Tape

/// The keys of a read model of orders: the live one, or the one that a rebuild makes beside it.
///
/// They share the hash tag `{read}`, so that one script may touch them all.
package struct ReadModelKeys: Equatable, Sendable {
    /// Which read model: `live` is the one that apis show, `rebuild` the one that replaces it once it is made.
    package enum Space: Sendable {
        case live, rebuild
    }

    private let stem: String

    package init(_ keys: TapeKeys, _ space: Space = .live) {
        stem = keys.stream(space == .live ? "{read}:" : "{read}:rebuild:")
    }

    /// The hash of `last` and the sums.
    package var statistics: String { stem + "stats" }

    /// The stream of a currency's orders, or of all.
    package func orders(_ currency: Currency? = nil) -> String {
        stem + (currency?.rawValue ?? "all")
    }

    /// All of them, as the scripts take them: the statistics, all orders, then each currency's.
    package func all(_ currencies: [Currency]) -> [String] { [statistics] + streams(currencies) }

    /// All orders, then each currency's.
    package func streams(_ currencies: [Currency]) -> [String] { [orders()] + currencies.map { orders($0) } }
}
