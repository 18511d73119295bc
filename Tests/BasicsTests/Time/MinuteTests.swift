import Basics
import Testing

struct MinuteTests {
    private static func minute(_ milliseconds: Int64) -> Minute {
        Minute(containing: Timestamp(milliseconds: milliseconds))
    }

    @Test(arguments: [
        (0, 0), (59_999, 0), (60_000, 60_000), (-1, -60_000), (-60_000, -60_000), (-60_001, -120_000),
        (1_795_251_690_250, 1_795_251_660_000),
    ])
    func `an instant is in the minute that began before it`(instant: Int64, start: Int64) {
        #expect(Self.minute(instant).milliseconds == start)
        #expect(Self.minute(instant).start == Timestamp(milliseconds: start))
    }

    @Test func `a minute is written without seconds`() {
        #expect("\(Self.minute(1_795_251_690_250))" == "2026-11-21T09:01Z")
        #expect("\(Self.minute(-1))" == "1969-12-31T23:59Z")
    }

    @Test(arguments: ["2026-11-21T09:01Z", "1999-12-31T23:59Z", "2024-02-29T00:00Z"])
    func `a minute reads what it writes`(text: String) {
        #expect(Minute(text)?.description == text)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:01", "2026-02-29T09:01Z", "2026-11-21T24:00Z", "2026-11-21T09:01:00Z",
        "2026-11-21T09:60Z", "2026-11-21T9:01Z", "2026-11-21 09:01Z", "2026-11-21T09:01Z ", "2026-11-21T09:01+00:00",
    ])
    func `a minute reads nothing else`(text: String) {
        #expect(Minute(text) == nil)
    }

    @Test func `a minute may be advanced both ways`() {
        #expect(Self.minute(0).advanced(byMinutes: 3) == Self.minute(180_000))
        #expect(Self.minute(0).advanced(byMinutes: -1) == Self.minute(-60_000))
        #expect(Self.minute(0) < Self.minute(60_000))
    }

    @Test(arguments: [
        (899, 900, 0), (900, 900, 900), (-60, 900, -900), (61, 60, 60), (3600, 3600, 3600), (7199, 3600, 3600),
        (90_000, 86_400, 86_400), (60, 0, 60), (120, 30, 120),
    ])
    func `a schedule's minutes are aligned to the epoch`(second: Int64, period: Int64, floored: Int64) {
        #expect(Self.minute(second * 1000).floored(to: .seconds(period)) == Self.minute(floored * 1000))
    }

    @Test func `instants and minutes at the ends of what can be counted do not trap`() {
        for milliseconds in [Int64.max, .max - 59_999, .min, .min + 1, 0] {
            let minute = Minute(containing: Timestamp(milliseconds: milliseconds))
            for count in [1, -1, Int.max / 120, Int.min / 120] { _ = minute.advanced(byMinutes: count).description }
            for period in [Duration.seconds(60), .seconds(86_400), .seconds(Int64.max)] {
                _ = minute.floored(to: period)
            }
            let instant = Timestamp(milliseconds: milliseconds)
            for other in [Int64.max, .min, 0] { _ = (instant - Timestamp(milliseconds: other)).milliseconds }
            _ = instant.rfc3339 + instant.httpDate
        }
        let last = Minute(containing: Timestamp(milliseconds: .max))
        #expect(last.advanced(byMinutes: 1) == last)
        #expect((Timestamp(milliseconds: .max) - Timestamp(milliseconds: .min)).milliseconds == .max)
    }
}
