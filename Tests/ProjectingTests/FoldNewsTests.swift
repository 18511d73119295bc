import Orders
import Tape
import Testing

@testable import Projecting

@Suite struct FoldNewsTests {
    private let lost = FoldStop.ledgerLost(
        LedgerMark(id: StreamID(milliseconds: 1, sequence: 0), tail: OrderTail(bits: 1)))
    private let damaged = FoldStop.readModelDamaged(DamagedReadModel("x"))

    @Test func `a stop is told once, again when it is another one, and once when it is over`() {
        var news = FoldNews()
        #expect(news.changes(to: nil) == nil && news.isHealthy)
        #expect(news.changes(to: lost) == .stopped(lost))
        #expect(news.changes(to: lost) == nil && !news.isHealthy)
        #expect(news.changes(to: damaged) == .stopped(damaged))
        #expect(news.changes(to: nil) == .resumed)
        #expect(news.changes(to: nil) == nil && news.isHealthy)
        #expect(news.changes(to: lost) == .stopped(lost))
    }
}
