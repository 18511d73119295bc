import Basics
import Testing

struct TimestampTests {
    @Test(arguments: [
        (1_795_251_690_250, "2026-11-21T09:01:30.250Z"), (0, "1970-01-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (951_782_400_007, "2000-02-29T00:00:00.007Z"),
        (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `RFC 3339 has milliseconds and UTC`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test(arguments: [
        (1_795_251_660_000, "Sat, 21 Nov 2026 09:01:00 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"), (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (951_782_400_999, "Tue, 29 Feb 2000 00:00:00 GMT"),
    ])
    func `an HTTP date has its weekday`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).httpDate == text)
    }

    @Test func `sums stop at the ends of time`() {
        let last = Timestamp(milliseconds: .max)
        let first = Timestamp(milliseconds: .min)
        #expect(last + .seconds(1) == last)
        #expect(first - .seconds(1) == first)
        #expect(Timestamp(milliseconds: 5) + .seconds(1) == Timestamp(milliseconds: 1005))
        #expect(Timestamp(milliseconds: 5) - .seconds(1) == Timestamp(milliseconds: -995))
        #expect(Timestamp(milliseconds: 1005) - Timestamp(milliseconds: 5) == .seconds(1))
        #expect(first < last)
    }

    @Test func `a duration's milliseconds are rounded toward zero, and stop at the ends`() {
        #expect(Duration.microseconds(1999).milliseconds == 1)
        #expect(Duration.microseconds(-1999).milliseconds == -1)
        #expect(Duration.seconds(Int64.max).milliseconds == .max)
        #expect((Duration.seconds(Int64.max / 1000) + .milliseconds(808)).milliseconds == .max)
        #expect((Duration.seconds(Int64.min / 1000) - .milliseconds(809)).milliseconds == .min)
        #expect(Duration.seconds(Int64.max).milliseconds == .max)
        #expect(Duration.seconds(Int64.min).milliseconds == .min)
    }
}
