import Basics
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// A ledger, its read model and rates on a Redis of their own, for the commands on orders.
final class TestOrders: Sendable {
    let redis: TestRedis
    let client: RedisClient
    /// Where the read model is: the same Redis unless it is said otherwise.
    let readModel: TestRedis
    private let environment: [String: String]

    static let ledger = "{orders}:ledger"
    static let seen = "{orders}:seen"

    init(separateReadModel: Bool = false) async throws {
        redis = try await TestRedis()
        readModel = separateReadModel ? try await TestRedis() : redis
        client = redis.client()
        environment =
            ["REDIS_URL": redis.url].merging(separateReadModel ? ["READ_REDIS_URL": readModel.url] : [:]) { $1 }
    }

    /// `cointape orders` with these arguments.
    func run(
        _ arguments: [String], environment more: [String: String] = [:]
    ) async throws -> (code: Int32, lines: [String]) {
        let result = try await Cointape.run(["orders"] + arguments, environment: environment.merging(more) { $1 })
        return (result.code, result.text.split(separator: "\n").map(String.init))
    }

    func publishRates(source: String, minutesAgo: Int = 0, gap: Bool = false, key: String = "btc_rate") async throws {
        let minute = Minute(containing: .machineTime).advanced(byMinutes: -minutesAgo)
        let content =
            gap ? ["gap", "upstream"] : ["rows", #"[{"EUR":"80000.01","GBP":"70000.5","USD":"90000.123456789"}]"#]
        let fields: [any RedisArgument] = [key, "\(StreamID(minute))", "source", source] + content
        _ = try await client.send(RedisCommand("XADD", arguments: fields))
    }

    /// So many orders, by `create_order.lua`, of the rates that there are.
    @discardableResult
    func place(_ count: Int, from first: Int = 1) async throws -> [BuyOrder] {
        let clock = TapeClock()
        let expectedEntries = ExpectedEntries()
        try await LossDetector(
            history: OrderHistory(readModel: client, ledger: client, keys: TapeKeys(), clock: clock),
            expectedEntries: expectedEntries,
            ledger: client, keys: TapeKeys(), clock: clock
        ).check()
        let placer = OrderPlacer(
            redis: client, keys: TapeKeys(), confirmation: nil, maxRateAge: .seconds(600),
            expectedEntries: expectedEntries,
            clock: clock)
        let stream = StreamReader(key: "btc_rate", redis: client, clock: clock)
        let entry = try #require(try await stream.newest(10).first { $0.rows != nil })
        let rates = try BTCRates(entry)
        var orders: [BuyOrder] = []
        for number in first..<first + count {
            let request = OrderRequest(
                currency: LedgerTerms.standard.currencies[number % 3],
                amount: try #require(Amount("\(number).25".utf8)),
                key: try #require(IdempotenceKey("key-\(number)")))
            guard case .order(let order, isReplay: false) = try await placer.place(request, rates: rates) else {
                throw NotInTimeNow(what: "the order \(number) was not placed")
            }
            orders.append(order)
        }
        return orders
    }

    func entries() async throws -> [RawEntry] { try await TestLedger.entries(client, above: nil) }

    /// Writes the ledger anew: entries in a stream cannot be changed.
    func rewrite(_ change: (inout [RawEntry]) throws -> Void) async throws {
        var entries = try await entries()
        try change(&entries)
        _ = try await client.send(RedisCommand("DEL", Self.ledger))
        for entry in entries {
            let fields: [any RedisArgument] = [Self.ledger, entry.id] + entry.fields
            _ = try await client.send(RedisCommand("XADD", arguments: fields))
        }
    }

    /// Everything in the ledger's Redis.
    func dump() async throws -> String {
        var lines: [String] = []
        for key in (try await client.send(RedisCommand("KEYS", "*")).array ?? []).compactMap(\.text).sorted() {
            lines.append("\(key) \(try await client.send(RedisCommand("DUMP", key)))")
        }
        return lines.joined(separator: "\n")
    }
}

extension RawEntry {
    /// The entry with another value of a field; without the field where that is nil.
    func setting(_ name: String, _ value: String?) -> RawEntry {
        var fields = fields
        guard let place = stride(from: 0, to: fields.count, by: 2).first(where: { fields[$0] == name }) else {
            return self
        }
        fields.replaceSubrange(place..<place + 2, with: value.map { [name, $0] } ?? [])
        return RawEntry(id: id, fields: fields)
    }
}
