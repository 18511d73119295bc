import Basics
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// Many at once who order more than there is, through several connections; and what came of it.
struct Race {
    struct Outcome {
        /// The sum of all orders in the ledger.
        var total = Satoshi(0)
        var problems: [String] = []

        var isWell: Bool { problems.isEmpty && total <= LedgerTerms.standard.cap }
    }

    typealias Placing = @Sendable (OrderRequest, BTCRates) async throws -> Bool

    private let redis: TestRedis

    init(_ redis: TestRedis) {
        self.redis = redis
    }

    static var knownEntries: ExpectedEntries {
        let expectedEntries = ExpectedEntries()
        expectedEntries.open()
        return expectedEntries
    }

    /// 500 orders of half a BTC each, every one asked for twice at once, by eight replicas: 200 of them fit.
    func run(_ replica: (RedisClient) -> Placing) async throws -> Outcome {
        let clock = TapeClock()
        let rate = try #require(Rate("100"))
        let rates = BTCRates(minute: Minute(containing: clock.now), kind: .real, rates: [.usd: rate])
        let replicas = (0..<8).map { _ in replica(redis.client()) }
        let amount = try #require(Amount("50".utf8))
        let requests = try (0..<500).map {
            OrderRequest(currency: .usd, amount: amount, key: try #require(IdempotenceKey("key-\($0)")))
        }
        var problems: [String] = []
        var answers: [IdempotenceKey: Set<Bool>] = [:]
        try await withThrowingTaskGroup(of: (IdempotenceKey, Bool).self) { group in
            for (index, request) in (requests + requests).enumerated() {
                let place = replicas[index % replicas.count]
                group.addTask { (request.key, try await place(request, rates)) }
            }
            for try await (key, isPlaced) in group { answers[key, default: []].insert(isPlaced) }
        }
        var outcome = Outcome()
        let reply = try await redis.client().send(RedisCommand("XRANGE", "{orders}:ledger", "-", "+"))
        var keys = Set<IdempotenceKey>()
        for element in reply.array ?? [] {
            guard case .order(let order) = try LedgerEntry(reply: element) else { continue }
            outcome.total = outcome.total + order.order.satoshi
            if order.total != outcome.total { problems.append("\(order.order.id) has the total \(order.total.btc)") }
            if !keys.insert(order.key).inserted { problems.append("\(order.key) was placed twice") }
        }
        for (key, said) in answers where said != [keys.contains(key)] { problems.append("\(key) was told \(said)") }
        outcome.problems = problems
        return outcome
    }
}

extension LedgerEntry {
    /// Reads an element of XRANGE's reply.
    init(reply: RedisReply?) throws {
        let element = try #require(reply)
        try self.init(#require(TapeEntry(element)))
    }
}
