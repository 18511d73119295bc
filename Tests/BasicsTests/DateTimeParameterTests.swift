import Basics
import Testing

@Suite struct DateTimeParameterTests {
    /// 2026-11-21T09:01:30.250Z.
    static let now = Timestamp(milliseconds: 1_795_251_690_250)

    @Test(arguments: [
        ("2026-11-21", "2026-11-21T00:00Z"),
        ("2026-11-21T08:59:59Z", "2026-11-21T08:59Z"),
        ("2026-11-21t08:59:59z", "2026-11-21T08:59Z"),
        ("2026-11-21T08:59:59", "2026-11-21T08:59Z"),
        ("2026-11-21 08:59:59.999", "2026-11-21T08:59Z"),
        ("2026-11-21T08:59Z", "2026-11-21T08:59Z"),
        ("2026-11-21T10:59:00+02:00", "2026-11-21T08:59Z"),
        ("2026-11-21T10:59:00 02:00", "2026-11-21T08:59Z"),
        ("2026-11-21 10:59:00 02:00", "2026-11-21T08:59Z"),
        ("2026-11-21T03:29:00-05:30", "2026-11-21T08:59Z"),
        ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30Z"),
        ("2024-02-29T12:00:60Z", "2024-02-29T12:00Z"),
        ("1795251660", "2026-11-21T09:01Z"),
        ("1795251660999", "2026-11-21T09:01Z"),
    ])
    func `reads absolute times`(text: String, minute: String) {
        let parameter = DateTimeParameter(text, now: Self.now)
        guard case .absolute(let found)? = parameter else {
            Issue.record("\(text): \(String(describing: parameter))")
            return
        }
        #expect("\(found)" == minute)
    }

    @Test(arguments: [
        ("now", "2026-11-21T09:01Z"), ("NOW", "2026-11-21T09:01Z"), ("-0s", "2026-11-21T09:01Z"),
        ("-31s", "2026-11-21T09:00Z"), ("-15m", "2026-11-21T08:46Z"), ("-2h", "2026-11-21T07:01Z"),
        ("-7d", "2026-11-14T09:01Z"),
    ])
    func `reads relative times`(text: String, minute: String) {
        let parameter = DateTimeParameter(text, now: Self.now)
        guard case .relative(let found)? = parameter else {
            Issue.record("\(text): \(String(describing: parameter))")
            return
        }
        #expect("\(found)" == minute)
    }

    @Test(arguments: [
        "", " ", "yesterday", "2026", "2026-11", "2026-13-01", "2026-02-29", "2026-11-21T", "2026-11-21T24:00:00Z",
        "2026-11-21T09:60:00Z", "2026-11-21T09:01:61Z", "2026-11-21T09:01:00+24:00", "2026-11-21T09:01:00+0100",
        "2026-11-21T09:01:00Z ", "20261121", "179525166", "17952516600", "-15", "15m", "-1w", "+15m", "-1.5h",
        "２０２６-11-21", "2026-11-21T09:01:00Z\r\nDEL x", "*", "{x}", "../x", "99999-01-01",
    ])
    func `refuses anything else`(text: String) {
        #expect(DateTimeParameter(text, now: Self.now) == nil)
    }
}
