import Basics
import Orders
import Redis
import Tape

/// What a ledger and its read model are like from outside.
struct LedgerSurvey: Sendable {
    let report: StatusReport.Ledger
    private(set) var problems: [StatusReport.Problem] = []
    /// Since it was opened.
    let age: Duration

    /// More are told as this many.
    private static let mostUnprojected = 1_000

    init(_ places: OrdersPlaces) async throws {
        let cli = places.ledger.endpoint.cli
        let look = "\(cli) XREVRANGE '\(places.keys.ledger)' + - COUNT 1"
        let history = OrderHistory(
            readModel: places.readModel, ledger: places.ledger, keys: places.keys, clock: places.clock)
        var (total, last, behind, count) = (Satoshi(0), LedgerMark?.none, 0, 0)
        var opening: LedgerOpening?
        var damage: String?
        do {
            opening = try await history.opening()
            total = try await history.ledgerTotal() ?? Satoshi(0)
            last = try await history.last()
            behind = try await history.unprojected(atMost: Self.mostUnprojected)
            count = try await history.orders(atMost: Self.mostUnprojected)
            if opening == nil, try await history.entries() > 0 { damage = "the ledger's first entry is no opening" }
        } catch let error as RedisError where error.code != .server("WRONGTYPE") {
            throw error
        } catch {
            damage = "\(error)"
        }
        age = opening.map { places.clock.now - Timestamp(milliseconds: Int64(clamping: $0.id.milliseconds)) } ?? .zero
        report = StatusReport.Ledger(
            isOpen: opening != nil, kind: opening?.kind.rawValue, orders: count, soldBTC: total.btc,
            leftBTC: Satoshi.cap.less(total).btc, unprojected: behind, look: look)
        if let damage {
            problems.append(.init(what: "orders: \(damage)", mend: ["cointape orders verify"]))
        } else if opening == nil {
            let what = last == nil ? "the ledger is not open" : "the ledger is lost; the read model has orders"
            problems.append(
                .init(what: "orders: \(what)", mend: [last == nil ? "cointape orders open" : "cointape orders verify"]))
        } else if let last, try await !history.has(last) {
            problems.append(
                .init(
                    what: "orders: the read model's last entry, \(last.id), is not in the ledger",
                    mend: ["cointape orders verify"]))
        } else if behind >= Self.mostUnprojected {
            problems.append(
                .init(
                    what: "orders: \(behind) entries or more wait to be projected",
                    mend: ["cointape run \(places.path)"]))
        }
    }

    /// All keys of orders, by the Redis that they are in.
    static func keys(_ places: OrdersPlaces) -> [(redis: RedisClient, keys: [String])] {
        [
            (places.ledger, [places.keys.ledger, places.keys.seen]),
            (places.readModel, ReadModelKeys(places.keys).all),
        ]
    }
}
