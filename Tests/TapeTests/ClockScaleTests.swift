import Basics
import Tape
import Testing

struct ClockScaleTests {
    private static let now = Timestamp(milliseconds: 5000)

    @Test func `the clock starts when it is read, or at its origin`() throws {
        let scale = try #require(ClockScale("1000x10", now: Self.now))
        #expect(scale == ClockScale(start: Timestamp(milliseconds: 1000), origin: Self.now, speed: 10))
        let shared = try #require(ClockScale("1000@4000x10", now: Self.now))
        #expect(shared.origin == Timestamp(milliseconds: 4000))
    }

    @Test func `the tape's time runs as many times as fast`() throws {
        let scale = try #require(ClockScale("1000@4000x10", now: Self.now))
        #expect(scale.tape(at: Timestamp(milliseconds: 4000)) == Timestamp(milliseconds: 1000))
        #expect(scale.tape(at: Timestamp(milliseconds: 5000)) == Timestamp(milliseconds: 11_000))
        #expect(scale.tape(at: Timestamp(milliseconds: 3900)) == Timestamp(milliseconds: 0))
        #expect(scale.wall(.seconds(60)) == .seconds(6))
    }

    @Test func `real time is itself`() {
        #expect(ClockScale.realTime.tape(at: Self.now) == Self.now)
        #expect(ClockScale.realTime.wall(.seconds(60)) == .seconds(60))
    }

    @Test(arguments: [
        "", "x", "1000", "1000x", "x10", "1000x0", "1000x-1", "1000x1001", "1000x1.5", "ax10", "1000@x10", "@1x10",
        "1@2@3x10", "1000@ax10", "1000x10 ", "99999999999999999999x1",
    ])
    func `anything else is refused`(text: String) {
        #expect(ClockScale(text, now: Self.now) == nil)
    }
}
