import Orders
import Tape
import Testing

@testable import Projecting

@Suite struct FoldStateTrackerTests {
    private let lost = FoldStop.ledgerLost(
        LedgerMark(id: StreamID(milliseconds: 1, sequence: 0), tail: OrderTail(bits: 1)))
    private let damaged = FoldStop.readModelDamaged(DamagedReadModel("x"))

    @Test func `a stop is told once, again when it is another one, and once when it is over`() {
        var tracker = FoldStateTracker()
        #expect(tracker.update(to: nil) == nil && tracker.isHealthy)
        #expect(tracker.update(to: lost) == .stopped(lost))
        #expect(tracker.update(to: lost) == nil && !tracker.isHealthy)
        #expect(tracker.update(to: damaged) == .stopped(damaged))
        #expect(tracker.update(to: nil) == .resumed)
        #expect(tracker.update(to: nil) == nil && tracker.isHealthy)
        #expect(tracker.update(to: lost) == .stopped(lost))
    }
}
