import Foundation
import Orders
import Redis
import Tape
import TestSupport
import Testing

/// What is remembered of a ledger, and what becomes of that when the ledger is set back.
@Suite struct LossDetectorTests {
    @Test func `a restarted api still knows what it acknowledged, and every other api is told that it is missing`()
        async throws
    {
        let fixture = try await LedgerFixture()
        let acknowledged = try await fixture.newest()
        do {
            let (expectedEntries, detector) = try fixture.detector()
            try await detector.check()
            expectedEntries.acknowledge(acknowledged, found: nil, on: nil)
        }
        // A replica that lacked it has taken over.
        try await fixture.lose(acknowledged)
        let (restarted, detector) = try fixture.detector()
        try await detector.check()
        #expect(restarted.isKnown && restarted.expected == acknowledged.mark)
        #expect(restarted.loss?.claim == acknowledged)
        #expect(try await fixture.isMarked())

        // One that has seen nothing of it itself.
        let other = ExpectedEntries()
        let second = fixture.detector(of: other)
        try await second.check()
        #expect(other.loss?.claim == acknowledged)
    }

    @Test func `orders are taken again when a person has counted what was lost, and not before`() async throws {
        let fixture = try await LedgerFixture()
        let (acknowledged, expectedEntries, detector) = try await fixture.loser()
        try await detector.check()
        #expect(try await fixture.isMarked())

        let raiser = fixture.raiser()
        _ = try await raiser.raise(to: Satoshi(acknowledged.total.value - 1))
        try await detector.check()
        let stillLost = try await fixture.isMarked()
        #expect(stillLost && expectedEntries.loss != nil)

        _ = try await raiser.raise(to: acknowledged.total)
        #expect(try await !fixture.isMarked())
        try await detector.check()
        let marked = try await fixture.isMarked()
        #expect(!marked && expectedEntries.loss == nil)
        let newest = try await fixture.newest()
        #expect(expectedEntries.newest == newest.mark)

        // The old record is not held against the ledger again, however often an api starts.
        let (restarted, again) = try fixture.detector()
        try await again.check()
        #expect(restarted.loss == nil)
    }

    @Test func `an entry that is there again after all needs nobody to count it`() async throws {
        let fixture = try await LedgerFixture()
        let acknowledged = try await fixture.newest()
        let (expectedEntries, detector) = try fixture.detector()
        try await detector.check()
        expectedEntries.acknowledge(acknowledged, found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("COPY", TestLedger.key, "copy"))
        try await fixture.lose(acknowledged)
        try await detector.check()
        #expect(try await fixture.isMarked())
        _ = try await fixture.client.send(RedisCommand("RENAME", "copy", TestLedger.key))
        try await detector.check()
        let marked = try await fixture.isMarked()
        #expect(!marked && expectedEntries.loss == nil)
    }

    @Test func `a stale record whose loss was counted long ago counts nothing again`() async throws {
        var fixture = try await LedgerFixture()
        let acknowledged = try await fixture.newest()
        do {
            let (expectedEntries, detector) = try fixture.detector()
            try await detector.check()
            expectedEntries.acknowledge(acknowledged, found: nil, on: nil)
        }
        try await fixture.lose(acknowledged)
        let raiser = fixture.raiser()
        guard case .raised = try await raiser.raise(to: acknowledged.total) else { throw NotRaised() }
        // More than one batch of entries behind the raise.
        try await fixture.ledger.manyOrders(2_500)
        let (expectedEntries, detector) = try fixture.detector()
        try await detector.check()
        let marked = try await fixture.isMarked()
        #expect(!marked && expectedEntries.loss == nil)
    }

    private struct NotRaised: Error {}

    @Test func `another ledger of the sandbox is none of a record's`() async throws {
        let fixture = try await LedgerFixture()
        let (expectedEntries, detector) = try fixture.detector()
        try await detector.check()
        expectedEntries.acknowledge(try await fixture.newest(), found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        var next = TestLedger(fixture.client, seed: 2)
        try await next.open()
        try await detector.check()
        #expect(expectedEntries.loss == nil && expectedEntries.newest == nil)
    }

    @Test func `after a flush the ledger is lost, whatever is opened without counting`() async throws {
        let fixture = try await LedgerFixture(orders: 0)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        func opening(total: String) async throws {
            _ = try await fixture.client.send(
                RedisCommand(
                    "XADD", TestLedger.key, "*", "opened", "2026-11-21T09:00:00.000Z", "kind", "real", "total", total,
                    "tail", "00000000001"))
        }
        try await opening(total: "0")
        let (expectedEntries, detector) = try fixture.detector()
        try await detector.check()
        let claim = LedgerClaim(mark: try await fixture.newest().mark, total: Satoshi(500))
        let acknowledged = LedgerMark(id: StreamID(milliseconds: 9_999_999_999_999, sequence: 0), tail: claim.mark.tail)
        expectedEntries.acknowledge(LedgerClaim(mark: acknowledged, total: Satoshi(500)), found: nil, on: nil)
        _ = try await fixture.client.send(RedisCommand("FLUSHALL"))
        try await detector.check()
        #expect(expectedEntries.loss?.total == nil && expectedEntries.loss != nil)
        _ = try await fixture.client.send(RedisCommand("DEL", "{orders}:missing"))
        try await opening(total: "499")
        try await detector.check()
        #expect(expectedEntries.loss?.total == Satoshi(499))
        let opener = LedgerOpener(
            ledger: fixture.client, readModel: fixture.client,
            witnesses: LedgerWitnesses(folder: fixture.folder, redis: nil, keys: TapeKeys()), keys: TapeKeys(),
            clock: fixture.clock)
        _ = try await fixture.client.send(RedisCommand("DEL", TestLedger.key))
        #expect(try await opener.open(.real, alreadySold: Satoshi(499)) == .tooLittle(Satoshi(500)))
        guard case .hadOne = try await opener.open(.real, alreadySold: nil) else { throw NotRaised() }
        guard case .opened = try await opener.open(.real, alreadySold: Satoshi(500)) else { throw NotRaised() }
        try await detector.check()
        let marked = try await fixture.isMarked()
        #expect(!marked && expectedEntries.loss == nil)
    }

    @Test func `what another api has placed since does not hide what this one has lost`() async throws {
        for restarts in [true, false] {
            var fixture = try await LedgerFixture()
            let acknowledged = try await fixture.newest()
            var (expectedEntries, detector) = try fixture.detector()
            try await detector.check()
            expectedEntries.acknowledge(acknowledged, found: nil, on: 1)
            try await fixture.lose(acknowledged)
            // On the server that has taken over, by an api that has never heard of it, and folded.
            try await fixture.ledger.orders(1)
            let later = try await fixture.newest()
            try await fixture.fold(later)
            if restarts {
                (expectedEntries, detector) = try fixture.detector()
            } else {
                // Whoever asks again is told of the later one.
                expectedEntries.acknowledge(later, found: nil, on: 2)
            }
            try await detector.check()
            #expect(expectedEntries.loss?.claim == acknowledged)
            #expect(try await fixture.isMarked())
            let kept = WitnessFile.read(folder: fixture.folder, prefix: "").compactMap(\.record?.claim)
            #expect(kept == [acknowledged])
            try await detector.check()
            #expect(expectedEntries.loss?.claim == acknowledged)

            let raiser = fixture.raiser()
            _ = try await raiser.raise(to: Satoshi(acknowledged.total.value + later.total.value))
            try await detector.check()
            try await detector.check()
            let (newest, marked) = (try await fixture.newest(), try await fixture.isMarked())
            #expect(expectedEntries.loss == nil && expectedEntries.newest == newest.mark && !marked)
        }
    }

    @Test func `a ledger that was opened in the place of another is not held against what its read model has folded`()
        async throws
    {
        let fixture = try await LedgerFixture()
        let folded = try await fixture.newest()
        try await fixture.fold(folded)
        _ = try await fixture.client.send(RedisCommand("DEL", TestLedger.key))
        let (expectedEntries, detector) = try fixture.detector()
        try await detector.check()
        // Without a ledger nobody knows whether that was counted.
        #expect(expectedEntries.expected == folded.mark)
        for (total, isLost) in [(folded.total.value - 1, true), (folded.total.value, false)] {
            _ = try await fixture.client.send(RedisCommand("DEL", TestLedger.key))
            _ = try await fixture.client.send(
                RedisCommand(
                    "XADD", TestLedger.key, "*", "opened", "2026-11-21T09:00:00.000Z", "kind", "real", "total",
                    "\(total)", "tail", "00000000001"))
            let (restarted, again) = try fixture.detector()
            for (expectedEntries, detector) in [(expectedEntries, detector), (restarted, again)] {
                try await detector.check()
                try await detector.check()
                #expect((expectedEntries.loss != nil) == isLost, "\(total)")
            }
        }
        #expect(try await !fixture.isMarked())
    }

    @Test func `a loss is known while Redis takes no writes, and marked once it does`() async throws {
        let fixture = try await LedgerFixture()
        let (acknowledged, expectedEntries, detector) = try await fixture.loser()
        _ = try await fixture.client.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "1"))
        await #expect(throws: RedisError.self) { try await detector.check() }
        #expect(expectedEntries.loss?.claim == acknowledged && expectedEntries.expected == acknowledged.mark)
        _ = try await fixture.client.send(RedisCommand("CONFIG", "SET", "min-replicas-to-write", "0"))
        try await detector.check()
        #expect(try await fixture.isMarked())
    }

    @Test func `a loss is found and marked while the read model cannot be read`() async throws {
        let fixture = try await LedgerFixture()
        let (acknowledged, expectedEntries, detector) = try await fixture.loser()
        _ = try await fixture.client.send(RedisCommand("SET", "{read}:stats", "x"))
        await #expect(throws: RedisError.self) { try await detector.check() }
        let marked = try await fixture.isMarked()
        #expect(expectedEntries.loss?.claim == acknowledged && marked)
        // Before it was read once, nothing is known.
        let (restarted, again) = try fixture.detector()
        await #expect(throws: RedisError.self) { try await again.check() }
        #expect(!restarted.isKnown && restarted.loss?.claim == acknowledged)
    }

    @Test func `what another api has marked is remembered when the mark is gone too`() async throws {
        let fixture = try await LedgerFixture()
        let acknowledged = try await fixture.newest()
        let (first, detector) = try fixture.detector()
        try await detector.check()
        first.acknowledge(acknowledged, found: nil, on: nil)
        try await fixture.lose(acknowledged)
        try await detector.check()
        let other = ExpectedEntries()
        let second = fixture.detector(of: other)
        try await second.check()
        _ = try await fixture.client.send(RedisCommand("DEL", "{orders}:missing"))
        try await second.check()
        #expect(other.loss?.claim == acknowledged)
        #expect(try await fixture.isMarked())
    }

    @Test func `a loss that was ordered again is counted by the total that there is`() async throws {
        var fixture = try await LedgerFixture()
        let (_, expectedEntries, detector) = try await fixture.loser()
        try await fixture.ledger.orders(1)
        try await detector.check()
        let total = try await fixture.newest().total
        let raiser = fixture.raiser()
        guard case .raised = try await raiser.raise(to: total) else { throw NotRaised() }
        guard case .enough = try await raiser.raise(to: total) else { throw NotRaised() }
        try await detector.check()
        #expect(expectedEntries.loss == nil)
    }
}
