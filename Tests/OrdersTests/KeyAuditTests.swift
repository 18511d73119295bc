import Orders
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// Counting what has no key of its own, where Redis fails meanwhile and where the ledger is another one.
@Suite struct KeyAuditTests {
    /// A ledger of three orders and a raise, and the user that may not run HMGET any more, which a count needs.
    private func stopped() async throws -> LedgerFixture {
        let fixture = try await LedgerFixture()
        try await repair(fixture)
        guard case .raised = try await fixture.raiser().raise(to: try await fixture.newest().total + Satoshi(1)) else {
            throw NotRaised()
        }
        _ = try await fixture.client.send(RedisCommand("ACL", "SETUSER", "default", "-hmget"))
        return fixture
    }

    private struct NotRaised: Error {}

    /// The orders of a fixture have no keys as they come.
    private func repair(_ fixture: LedgerFixture) async throws {
        _ = try await KeyRepair(ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock).run()
    }

    private func go(_ fixture: LedgerFixture) async throws {
        _ = try await fixture.client.send(RedisCommand("ACL", "SETUSER", "default", "+hmget"))
    }

    @Test func `a count that failed halfway counts nothing twice`() async throws {
        let fixture = try await stopped()
        let keyAudit = KeyAudit(ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        let opening = try await fixture.client.send(RedisCommand("XRANGE", TestLedger.key, "-", "+", "COUNT", 1))
        let id = opening.array?.first.flatMap { TapeEntry($0) }?.id
        for _ in 0..<2 {
            await #expect(throws: RedisError.self) { try await keyAudit.entriesWithoutKey(of: id, known: 1) }
        }
        try await go(fixture)
        #expect(try await keyAudit.entriesWithoutKey(of: id, known: 1) == 2)
        #expect(try await keyAudit.entriesWithoutKey(of: id, known: 2) == nil)
    }

    @Test(arguments: [-1, 0, 1]) func `a count goes on behind what it has read, whatever keys come and go meanwhile`(
        keys: Int
    ) async throws {
        let fixture = try await stopped()
        let keyAudit = KeyAudit(ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock, batch: 1)
        func reads() async throws -> Int {
            let statistics = try await fixture.client.send(RedisCommand("INFO", "commandstats")).text ?? ""
            return (statistics.firstMatch(of: /cmdstat_xrange:calls=(\d+)/)?.1).flatMap { Int($0) } ?? 0
        }
        // The opening has no key to be asked for.
        let before = try await reads()
        await #expect(throws: RedisError.self) { try await keyAudit.entriesWithoutKey(of: nil, known: 0) }
        let halfway = try await reads()
        #expect(halfway - before == 2)
        try await go(fixture)
        if keys > 0 { _ = try await fixture.client.send(RedisCommand("HSET", TestLedger.seen, "another", "1-1")) }
        if keys < 0 {
            let fields = try await fixture.client.send(RedisCommand("HKEYS", TestLedger.seen)).array ?? []
            _ = try await fixture.client.send(RedisCommand("HDEL", TestLedger.seen, fields[0].text ?? ""))
        }
        // Three orders, the raise, and the end.
        #expect(try await keyAudit.entriesWithoutKey(of: nil, known: 0) == 2)
        #expect(try await reads() - halfway == 5)
    }

    @Test func `no order is taken before the entries without a key are counted`() async throws {
        let fixture = try await stopped()
        let expectedEntries = ExpectedEntries()
        let detector = LossDetector(
            history: OrderHistory(
                readModel: fixture.client.separate(), ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock),
            expectedEntries: expectedEntries, ledger: fixture.client, keys: TapeKeys(), clock: fixture.clock)
        await #expect(throws: RedisError.self) { try await detector.check() }
        #expect(!expectedEntries.isKnown)
        try await go(fixture)
        try await detector.check()
        #expect(expectedEntries.isKnown && expectedEntries.entriesWithoutKey == 2)
    }

    @Test func `the count of one ledger is not that of the next`() async throws {
        var fixture = try await LedgerFixture()
        try await repair(fixture)
        let expectedEntries = ExpectedEntries()
        let detector = fixture.detector(of: expectedEntries)
        _ = try await fixture.raiser().raise(to: try await fixture.newest().total + Satoshi(1))
        try await detector.check()
        #expect(expectedEntries.entriesWithoutKey == 2)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        fixture.ledger = TestLedger(fixture.client)
        try await fixture.ledger.open()
        try await fixture.ledger.orders(3)
        try await repair(fixture)
        try await detector.check()
        #expect(expectedEntries.entriesWithoutKey == 1)
    }
}
