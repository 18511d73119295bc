import Basics
import Testing

@Suite struct TimestampParsingTests {
    @Test(arguments: [
        ("2026-11-21T09:01:30.250Z", 1_795_251_690_250), ("2026-11-21t09:01:30z", 1_795_251_690_000),
        ("2026-11-21 10:01:30.25+01:00", 1_795_251_690_250), ("2026-11-21T03:31:30.2509999-05:30", 1_795_251_690_250),
        ("1969-12-31T23:59:59.999Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ])
    func `reads RFC 3339`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T09:01Z", "2026-11-21T09:01:30", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T09:01:61Z", "2026-11-21T09:01:30+1:00", "٢٠٢٦-11-21T09:01:30Z",
        "1795251690",
    ])
    func `takes nothing else`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test func `reads what it writes`() {
        for milliseconds: Int64 in stride(from: -62_135_596_800_000, to: 253_402_300_799_999, by: 987_654_321_987) {
            let instant = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(rfc3339: instant.rfc3339) == instant)
        }
    }
}
