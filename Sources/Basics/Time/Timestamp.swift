/// An instant in milliseconds since 1970-01-01T00:00:00Z, without leap seconds, like Redis' TIME.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Negative before 1970.
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// Saturates at the ends of Int64 instead of trapping.
    package static func + (instant: Self, duration: Duration) -> Self {
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(duration.milliseconds)
        return Timestamp(milliseconds: overflow ? (duration.milliseconds > 0 ? .max : .min) : sum)
    }

    /// Saturates like `+`.
    package static func - (instant: Self, duration: Duration) -> Self {
        instant + (.zero - duration)
    }

    /// Saturates as well.
    package static func - (left: Self, right: Self) -> Duration {
        let (difference, overflow) = left.milliseconds.subtractingReportingOverflow(right.milliseconds)
        return .milliseconds(overflow ? (left > right ? .max : .min) : difference)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T09:01:30.250Z`.
    package var rfc3339: String {
        let milli = milliseconds.flooredRemainder(by: 1000)
        return "\(civilSeconds).\(padded(milli, 3))Z"
    }

    /// `2026-11-21T09:01:30`, without a zone.
    private var civilSeconds: String {
        let clock = civil
        return "\(clock.date)T\(padded(clock.hour, 2)):\(padded(clock.minute, 2)):\(padded(clock.second, 2))"
    }

    /// The date of an HTTP header (RFC 9110, section 5.6.7): `Sat, 21 Nov 2026 09:01:00 GMT`.
    package var httpDate: String {
        let days = milliseconds.flooredQuotient(by: Self.millisecondsPerDay)
        let date = CivilDate(daysSinceEpoch: Int(days))
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekday = weekdays[Int(days.flooredRemainder(by: 7))]
        let clock = civil
        return "\(weekday), \(padded(date.day, 2)) \(months[date.month - 1]) \(padded(date.year, 4)) "
            + "\(padded(clock.hour, 2)):\(padded(clock.minute, 2)):\(padded(clock.second, 2)) GMT"
    }

    var civil: (date: String, hour: Int, minute: Int, second: Int) {
        let days = milliseconds.flooredQuotient(by: Self.millisecondsPerDay)
        let date = CivilDate(daysSinceEpoch: Int(days))
        let second = Int(milliseconds.flooredRemainder(by: Self.millisecondsPerDay) / 1000)
        let text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        return (text, second / 3600, second / 60 % 60, second % 60)
    }

    static let millisecondsPerDay: Int64 = 86_400_000
}

extension Duration {
    /// Whole milliseconds, rounded toward zero; saturates beyond Int64.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        let (sum, isOver) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflow || isOver ? (seconds > 0 ? .max : .min) : sum
    }
}

/// The decimal digits, with leading zeros up to this width.
func padded(_ number: some BinaryInteger, _ width: Int) -> String {
    let magnitude = UInt64(number.magnitude)
    var digits = 1
    var bound = magnitude / 10
    while bound > 0 {
        digits += 1
        bound /= 10
    }
    let sign = number < 0 ? 1 : 0
    let count = sign + max(width, digits)
    // Strings of up to 15 bytes need no heap memory; key names contain dates and are built for every command.
    return String(unsafeUninitializedCapacity: count) { text in
        text[0] = UInt8(ascii: "-")
        var rest = magnitude
        for place in (sign..<count).reversed() {
            text[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        return count
    }
}
