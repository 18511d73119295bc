import Basics
import Redis
import Tape
import TestSupport

@testable import Orders

/// A Redis with a ledger that the test writes, and what folds and reads it.
struct ReadModelFixture {
    let redis: TestRedis
    let client: RedisClient
    let clock = TapeClock()
    let keys = TapeKeys()
    var ledger: TestLedger

    init(seed: UInt64 = 1) async throws {
        redis = try await TestRedis()
        client = redis.client()
        ledger = TestLedger(client, seed: seed)
    }

    /// With connections of its own.
    func fold(_ space: ReadModelKeys.Space = .live) -> LedgerFold {
        LedgerFold(
            readModel: redis.client(), ledger: redis.client(), keys: keys, space: space, confirmation: nil, clock: clock
        )
    }

    var history: OrderHistory {
        OrderHistory(readModel: redis.client(), ledger: redis.client(), keys: keys, clock: clock)
    }

    var rebuild: ReadModelRebuild {
        ReadModelRebuild(readModel: redis.client(), ledger: redis.client(), keys: keys, clock: clock)
    }

    /// Folds until nothing is left, or something stops it.
    @discardableResult
    func foldAll(atMost count: Int = 500) async throws -> FoldStop? {
        let fold = fold()
        while true {
            switch try await fold.step(atMost: count) {
            case .folded, .moved: continue
            case .caughtUp: return nil
            case .stopped(let stop): return stop
            }
        }
    }

    /// What is wrong with the read model now.
    func problems() async throws -> [String] {
        var audit = ReadModelAudit()
        try await audit.check(client, ledger: client)
        return audit.problems
    }

    /// Everything under `{read}:`, to see that nothing was changed.
    func dump() async throws -> [String: [String]] {
        var dump: [String: [String]] = [:]
        for key in try await send("KEYS", "{read}:*").array?.compactMap(\.text) ?? [] {
            dump[key] = [try await send("DUMP", key).bytes.map { "\($0)" } ?? ""]
        }
        return dump
    }

    @discardableResult
    func send(_ name: String, _ arguments: String...) async throws -> RedisReply {
        try await client.send(RedisCommand(name, arguments: arguments.map { $0 as any RedisArgument }))
    }
}

extension TapeEntry {
    init(_ entry: RawEntry) {
        var fields: [String: [UInt8]] = [:]
        for index in stride(from: 0, to: entry.fields.count, by: 2) {
            fields[entry.fields[index]] = Array(entry.fields[index + 1].utf8)
        }
        self.init(id: StreamID(entry.id) ?? StreamID(milliseconds: 0, sequence: 0), fields: fields)
    }
}
