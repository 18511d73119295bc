import Config
import Testing

struct ConfigQuantityTests {
    @Test(arguments: [
        ("0s", Duration.zero), ("250ms", .milliseconds(250)), ("60s", .seconds(60)), ("15m", .seconds(900)),
        ("2h", .seconds(7200)), ("7d", .seconds(604_800)), ("36525d", .seconds(36_525 * 86_400)), ("007s", .seconds(7)),
    ])
    func `a duration has a whole number and a unit`(text: String, duration: Duration) {
        #expect(ConfigQuantity.duration(text) == duration)
    }

    @Test(arguments: [
        "", "60", "s", "-1s", "+1s", "1.5s", "1 s", " 1s", "1s ", "1S", "1min", "1w", "1h30m", "36526d", "٣s",
        "9223372036854775807s", "9223372036854775808ms",
    ])
    func `anything else is no duration`(text: String) {
        #expect(ConfigQuantity.duration(text) == nil)
    }

    @Test(arguments: [
        ("0B", 0), ("1B", 1), ("500kB", 500_000), ("500KB", 500_000), ("64MB", 64_000_000), ("1GB", 1_000_000_000),
    ])
    func `a size counts in powers of a thousand`(text: String, bytes: Int) {
        #expect(ConfigQuantity.bytes(text) == bytes)
    }

    @Test(arguments: ["", "64", "MB", "-1MB", "1.5MB", "1 MB", "1mb", "1MiB", "9223372036854775807kB", "٣MB"])
    func `anything else is no size`(text: String) {
        #expect(ConfigQuantity.bytes(text) == nil)
    }
}
