import Orders
import Redis
import Tape
import TestSupport
import Testing

/// A ledger with some orders, on a Redis of its own, and detectors of losses for it.
struct LedgerFixture {
    let redis: TestRedis
    let client: RedisClient
    let folder: String
    var ledger: TestLedger
    let clock = TapeClock()

    init(orders: Int = 3) async throws {
        redis = try await TestRedis()
        client = redis.client()
        folder = redis.folder + "/witness"
        ledger = TestLedger(client)
        try await ledger.open()
        try await ledger.orders(orders)
    }

    /// As an api has it: reads what there is, and writes to a file of its own.
    func detector() throws -> (expectedEntries: ExpectedEntries, detector: LossDetector) {
        let found = WitnessFile.read(folder: folder, prefix: "")
        let expectedEntries = ExpectedEntries(witnesses: [try WitnessFile(folder: folder, prefix: "")])
        let history = OrderHistory(readModel: client, ledger: client, keys: TapeKeys(), clock: clock)
        return (
            expectedEntries,
            LossDetector(
                history: history, expectedEntries: expectedEntries, ledger: client, files: found, keys: TapeKeys(),
                clock: clock)
        )
    }

    /// An api that has acknowledged the newest entry, which the ledger has lost then: as a replica that lacked it has it.
    func loser() async throws -> (acknowledged: LedgerClaim, expectedEntries: ExpectedEntries, detector: LossDetector) {
        let acknowledged = try await newest()
        let (expectedEntries, detector) = try detector()
        try await detector.check()
        expectedEntries.acknowledge(acknowledged, found: nil, on: nil)
        try await lose(acknowledged)
        return (acknowledged, expectedEntries, detector)
    }

    func lose(_ claim: LedgerClaim) async throws {
        _ = try await client.send(RedisCommand("XDEL", TestLedger.key, "\(claim.mark.id)"))
    }

    /// What the read model says that it has folded last.
    func fold(_ claim: LedgerClaim) async throws {
        _ = try await client.send(
            RedisCommand(
                "HSET", "{read}:stats", "last", "\(claim.mark.id)", "last_tail", "\(claim.mark.tail)", "total",
                claim.total.digits))
    }

    /// Another api, which remembers nothing outside of the ledger's Redis but what it is given.
    func detector(of expectedEntries: ExpectedEntries, witness: WitnessRedis? = nil) -> LossDetector {
        LossDetector(
            history: OrderHistory(readModel: client, ledger: client, keys: TapeKeys(), clock: clock),
            expectedEntries: expectedEntries,
            ledger: client, witness: witness, keys: TapeKeys(), clock: clock)
    }

    func raiser() -> LedgerRaiser { LedgerRaiser(ledger: client, keys: TapeKeys(), clock: clock) }

    func newest() async throws -> LedgerClaim {
        let reply = try await client.send(RedisCommand("XREVRANGE", TestLedger.key, "+", "-", "COUNT", 1))
        let entry = try #require(reply.array?.first.flatMap { TapeEntry($0) })
        return LedgerClaim(try LedgerEntry(entry))
    }

    func isMarked() async throws -> Bool {
        try await client.send(RedisCommand("EXISTS", "{orders}:missing")) == .integer(1)
    }
}
