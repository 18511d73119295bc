import Basics
import Testing

@testable import Fetching

@Suite struct ScheduleTests {
    /// Milliseconds of 2026-11-21T09:00Z.
    static let nine: Int64 = 1_795_251_600_000

    static func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: nine + seconds * 1000) }
    static func minute(_ minutes: Int64) -> Minute { Minute(containing: at(minutes * 60)) }

    @Test func `starts at once when the last due minute has no entry`() {
        let next = Schedule(every: .seconds(60)).next(after: nil, now: Self.at(20))
        #expect(next == .init(minute: Self.minute(0), start: Self.at(20), deadline: Self.at(55)))
    }

    @Test func `waits for the next minute when this one has an entry`() {
        let next = Schedule(every: .seconds(60)).next(after: Self.minute(0), now: Self.at(20))
        #expect(next == .init(minute: Self.minute(1), start: Self.at(60), deadline: Self.at(115)))
    }

    @Test func `lets a minute go that is nearly over`() {
        let next = Schedule(every: .seconds(60)).next(after: nil, now: Self.at(52))
        #expect(next.minute == Self.minute(1))
        #expect(next.start == Self.at(60))
    }

    @Test func `a slow feed that missed its time is fetched now, under the current minute`() {
        let schedule = Schedule(every: .seconds(900))
        let next = schedule.next(after: Self.minute(-15), now: Self.at(7 * 60 + 3))
        #expect(next == .init(minute: Self.minute(7), start: Self.at(423), deadline: Self.at(7 * 60 + 55)))
        #expect(schedule.next(after: Self.minute(7), now: Self.at(430)).minute == Self.minute(15))
    }

    @Test func `a slow feed whose minute was closed by a join is due still, at the first minute behind`() {
        let schedule = Schedule(every: .seconds(900))
        let late = schedule.next(after: Self.minute(0), isStandIn: true, now: Self.at(90))
        #expect(late == .init(minute: Self.minute(1), start: Self.at(90), deadline: Self.at(115)))
        let soon = schedule.next(after: Self.minute(0), isStandIn: true, now: Self.at(30))
        #expect(soon.minute == Self.minute(1))
        #expect(soon.start == Self.at(60))
        // Where every minute is due there is nothing to catch up with.
        let minutely = Schedule(every: .seconds(60)).next(after: Self.minute(0), isStandIn: true, now: Self.at(59))
        #expect(minutely.minute == Self.minute(1))
    }

    @Test func `an offset moves the start and the deadline, not the minute`() {
        let schedule = Schedule(every: .seconds(60), offset: .seconds(10))
        let next = schedule.next(after: Self.minute(0), now: Self.at(65))
        #expect(next == .init(minute: Self.minute(1), start: Self.at(70), deadline: Self.at(125)))
    }

    @Test func `an entry from the future is waited out`() {
        let next = Schedule(every: .seconds(60)).next(after: Self.minute(10), now: Self.at(5))
        #expect(next.minute == Self.minute(1))
    }

    @Test func `a feed that says when it is due is fetched then, or as soon as it can be`() {
        let schedule = Schedule(every: .seconds(900), isPaced: true)
        let planned = schedule.next(plannedFor: Self.minute(7), after: Self.minute(0), now: Self.at(65))
        #expect(planned.minute == Self.minute(7) && planned.start == Self.minute(7).start)
        let late = schedule.next(plannedFor: Self.minute(7), after: Self.minute(0), now: Self.at(9 * 60 + 5))
        #expect(late.minute == Self.minute(9) && late.start == Self.at(9 * 60 + 5))
        let tooLate = schedule.next(plannedFor: Self.minute(7), after: Self.minute(0), now: Self.at(9 * 60 + 52))
        #expect(tooLate.minute == Self.minute(10))
        // What was closed by a join says nothing about when it is due.
        let closed = schedule.next(plannedFor: Self.minute(7), after: Self.minute(7), now: Self.at(7 * 60 + 58))
        #expect(closed.minute == Self.minute(8))
    }
}
