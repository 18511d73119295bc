import Orders
import Tape
import TestSupport

/// A walk over pages of orders, from the newest to the end, held against the ledger.
struct OrderWalk {
    let currency: Currency?
    /// The newest order of that currency that was in the ledger before the walk began.
    let known: String?
    var orders: [BuyOrder] = []

    /// The walk must be exactly the ledger's orders at or below its first row, and that must be no older than what was
    /// known; the ledger is all of it.
    func problems(_ ledger: [RawEntry]) -> [String] {
        var expected = ledger.reversed().filter { entry in
            entry["opened"] == nil && (currency == nil || entry["currency"] == currency?.rawValue)
        }[...]
        guard let first = orders.first.map({ "\($0.id.entry)" }) else {
            return known == nil ? [] : ["the walk is empty, and \(known ?? "") was there"]
        }
        if let known, let entry = StreamID(known), orders[0].id.entry < entry {
            return ["begins at \(first), and \(known) was there"]
        }
        expected = expected.drop { $0.id != first }
        var problems: [String] = []
        for (order, entry) in zip(orders, expected) {
            let fields = order.fields.flatMap { [$0.name, $0.value] }
            if "\(order.id.entry)" != entry.id || fields != Array(entry.fields.prefix(fields.count)) {
                problems.append("has \(order.id.entry) \(fields) where the ledger has \(entry)")
                break
            }
        }
        if orders.count != expected.count {
            problems.append("has \(orders.count) orders from \(first) on, and the ledger \(expected.count)")
        }
        return problems
    }
}

/// The ledger as tests see it, read on as it grows.
actor LedgerMirror {
    private var entries: [RawEntry] = []
    private let read: @Sendable (String?) async throws -> [RawEntry]

    init(_ read: @escaping @Sendable (String?) async throws -> [RawEntry]) {
        self.read = read
    }

    /// All that is there now.
    func now() async throws -> [RawEntry] {
        while true {
            let start = entries.last?.id
            let more = try await read(start)
            // Somebody else may have read on meanwhile.
            guard entries.last?.id == start else { continue }
            entries += more
            return entries
        }
    }
}
