/// A time rounded to the minute: every entry of the tape is about one, and its stream id is `<milliseconds>-0`.
package struct Minute: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970, a multiple of 60,000.
    package let milliseconds: Int64

    /// The minute that contains the instant.
    package init(containing instant: Timestamp) {
        milliseconds = max(instant.milliseconds, .min + 60_000).flooredQuotient(by: 60_000) * 60_000
    }

    /// Reads what `description` writes; nil for anything else.
    package init?(_ text: String) {
        var text = ByteScanner(text)
        guard let date = text.takeDate(), text.take("T"), let minutes = text.takeHourAndMinute(), text.take("Z"),
            text.isAtEnd
        else { return nil }
        milliseconds = Int64(date.daysSinceEpoch * 1440 + minutes) * 60_000
    }

    /// The first millisecond of the minute.
    package var start: Timestamp { Timestamp(milliseconds: milliseconds) }

    /// `2026-11-21T09:01Z`, as used in key names and fields.
    package var description: String {
        let clock = start.civil
        return "\(clock.date)T\(padded(clock.hour, 2)):\(padded(clock.minute, 2))Z"
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The minute that is `count` minutes later, or earlier if `count` is negative.
    ///
    /// Saturates at the first and the last representable minute.
    package func advanced(byMinutes count: Int) -> Minute {
        let (span, isTooFar) = Int64(count).multipliedReportingOverflow(by: 60_000)
        let (sum, isOver) = milliseconds.addingReportingOverflow(span)
        return Minute(containing: Timestamp(milliseconds: isTooFar || isOver ? (count > 0 ? .max : .min) : sum))
    }

    /// The newest minute, up to this one, at which a schedule with this period is due.
    ///
    /// Schedules are aligned to the epoch; the period is a multiple of a minute.
    package func floored(to period: Duration) -> Minute {
        let step = max(60_000, period.milliseconds)
        let (product, overflow) = milliseconds.flooredQuotient(by: step).multipliedReportingOverflow(by: step)
        return overflow ? self : Minute(containing: Timestamp(milliseconds: product))
    }
}
