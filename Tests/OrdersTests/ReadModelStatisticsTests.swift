import Basics
import Redis
import Tape
import TestSupport
import Testing

@testable import Orders

/// Sums and batches as values.
@Suite struct ReadModelStatisticsTests {
    private func entry(_ number: UInt64, _ fields: [String: String]) -> TapeEntry {
        TapeEntry(
            id: StreamID(milliseconds: number, sequence: 0), fields: fields.mapValues { Array($0.utf8) })
    }

    private func opening(_ number: UInt64, total: String = "0") -> TapeEntry {
        entry(number, ["opened": "2026-11-21T09:00:00.000Z", "kind": "real", "total": total, "tail": "00000000001"])
    }

    private func order(_ number: UInt64, _ currency: String, _ amount: String, _ satoshi: String, total: String)
        -> TapeEntry
    {
        entry(
            number,
            [
                "currency": currency, "amount": amount, "rate": "100", "rate_minute": "2026-11-21T09:01Z",
                "satoshi": satoshi, "tail": "00000000002", "created_at": "2026-11-21T09:01:00.000Z", "total": total,
                "key": "k",
            ])
    }

    @Test func `sums are those of the orders, exactly, and start from what had been sold`() throws {
        let batch = FoldBatch(
            ReadModelStatistics(),
            [
                opening(1, total: "5"), order(2, "EUR", "0.00000001", "1", total: "6"),
                order(3, "EUR", "999999999.99999999", "20", total: "26"), order(4, "USD", "1.5", "4", total: "30"),
            ])
        #expect(batch.stop == nil && batch.count == 4 && batch.orders.count == 3)
        #expect(batch.statistics[.eur].amount == "1000000000")
        #expect(batch.statistics[.eur].count == 2 && batch.statistics[.eur].satoshi == Satoshi(21))
        #expect(batch.statistics[.usd].amount == "1.5" && batch.statistics[.gbp] == ReadModelStatistics.Sums())
        #expect(batch.statistics.total == Satoshi(30))
        #expect(batch.statistics.last?.id == StreamID(milliseconds: 4, sequence: 0))
        let flat = batch.statistics.fields.flatMap { [$0.name, $0.value] }.map { RedisReply.bulk(Array($0.utf8)) }
        #expect(try ReadModelStatistics(.array(flat)) == batch.statistics)
        #expect(try ReadModelStatistics(.array([])) == ReadModelStatistics())
    }

    /// Four times the most that a field may hold is beyond 128 bits.
    @Test func `sums beyond the total are damage, however large they are`() throws {
        var fields = [
            "last", "1-0", "last_tail", "00000000001", "last_created_at", "2026-11-21T09:00:00.000Z", "total", "5",
            "currencies", "EUR,GBP,USD,CHF",
        ]
        for currency in ["EUR", "GBP", "USD", "CHF"] {
            fields += ["\(currency):count", "1", "\(currency):units", "1"]
            fields += ["\(currency):satoshi", String(repeating: "9", count: 38)]
        }
        let reply = RedisReply.array(fields.map { .bulk(Array($0.utf8)) })
        let damage = #expect(throws: DamagedReadModel.self) { try ReadModelStatistics(reply) }
        #expect("\(try #require(damage))".contains("more than the total, 5"))
    }

    @Test func `what stands before a stop is in the batch`() throws {
        let good = FoldBatch(ReadModelStatistics(), [opening(1), order(2, "EUR", "1", "3", total: "3")])
        let wrong = order(3, "GBP", "1", "3", total: "7")
        let batch = FoldBatch(ReadModelStatistics(), [opening(1), order(2, "EUR", "1", "3", total: "3"), wrong])
        #expect(batch.statistics == good.statistics && batch.orders == good.orders)
        #expect(
            batch.stop == .ledgerDamaged(DamagedEntry(wrong.id, "has the running total 7, where 6 would be right")))
    }

    @Test func `a batch begins with the entry that was folded last, and the same tail`() throws {
        let known = FoldBatch(ReadModelStatistics(), [opening(1)]).statistics
        let last = try #require(known.last)
        let next = order(2, "EUR", "1", "3", total: "3")
        #expect(FoldBatch(known, [opening(1), next]).count == 1)
        #expect(FoldBatch(known, [opening(1)]).stop == nil)
        for entries in [[], [next], [order(1, "EUR", "1", "3", total: "3"), next]] {
            let batch = FoldBatch(known, entries)
            #expect(batch.stop == .ledgerLost(last) && batch.count == 0)
        }
    }
}
