import Basics

/// How memory will grow: keys that are trimmed by age reach a maximum, and orders keep growing.
struct MemoryForecast: Equatable, Sendable {
    /// A key, or all keys of one kind, that are trimmed by age.
    struct Bounded: Equatable, Sendable {
        let bytes: Int64
        let entries: Int
        /// The number of entries once it is full; nil if it is kept forever.
        let most: Int?
        let perDay: Int
        let isList: Bool
    }

    var bounded: [Bounded]
    private(set) var ordersBytes: Int64 = 0
    /// The time since the ledger was opened.
    private var ledgerAge: Duration = .zero

    init(bounded: [Bounded] = []) {
        self.bounded = bounded
    }

    /// Adds a key of orders, and the age of its ledger.
    mutating func add(orders bytes: Int64, since age: Duration) {
        ordersBytes += bytes
        ledgerAge = max(ledgerAge, age)
    }

    /// Returns a forecast that also includes this key, or keys of one kind.
    func adding(_ part: Bounded) -> MemoryForecast {
        var forecast = self
        forecast.bounded.append(part)
        return forecast
    }

    private static func each(_ part: Bounded) -> Double {
        part.entries == 0 ? 0 : Double(part.bytes) / Double(part.entries)
    }

    func report(used: Int64, limit: Int64?) -> StatusReport.Memory {
        let now = bounded.reduce(0) { $0 + $1.bytes }
        let full = bounded.reduce(0.0) { $0 + Self.each($1) * Double(max($1.most ?? $1.entries, $1.entries)) }
        let lists = bounded.filter(\.isList).reduce(0.0) { $0 + Self.each($1) * Double($1.perDay) }
        let forever = bounded.filter { $0.most == nil }.reduce(0.0) { $0 + Self.each($1) * Double($1.perDay) }
        // A young ledger says little, so at least one day is assumed.
        let days = max(1, ledgerAge / .seconds(86_400))
        let ordersPerDay = Double(ordersBytes) / days
        var daysLeft: Double?
        if let limit, ordersPerDay + forever > 0 {
            let room = Double(limit) - Double(used) - max(0, full - Double(now))
            daysLeft = max(0, room / (ordersPerDay + forever))
        }
        return StatusReport.Memory(
            boundedBytes: now, boundedBytesWhenFull: Int64(full), listBytesPerDay: Int64(lists),
            ordersBytes: ordersBytes, growthPerDay: Int64(ordersPerDay + forever), daysLeft: daysLeft)
    }
}
