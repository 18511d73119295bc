extension Timestamp {
    /// Reads a date of an HTTP header, in any of its three forms (RFC 9110, section 5.6.7); nil for what is none.
    ///
    /// `now` decides the century of a year with two digits.
    package init?(httpDate text: String, now: Timestamp) {
        guard let instant = HTTPDate.parse(text, now: now) else { return nil }
        self = instant
    }
}

private enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        imfFixdate(text) ?? rfc850(text, now: now) ?? asctime(text)
    }

    /// As in `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func imfFixdate(_ text: String) -> Timestamp? {
        let pattern = /[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT/.asciiOnlyDigits()
        guard let match = text.wholeMatch(of: pattern), let year = Int(match.3) else { return nil }
        return instant(year: year, month: match.2, day: match.1, time: match.4)
    }

    /// `Sunday, 06-Nov-94 08:49:37 GMT`; a date more than 50 years ahead is one of the past.
    private static func rfc850(_ text: String, now: Timestamp) -> Timestamp? {
        let pattern = /[A-Z][a-z]+, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT/.asciiOnlyDigits()
        guard let match = text.wholeMatch(of: pattern), let twoDigits = Int(match.3) else { return nil }
        let thisYear = CivilDate(daysSinceEpoch: Int(now.milliseconds.flooredQuotient(by: 86_400_000))).year
        let year = thisYear / 100 * 100 + twoDigits
        return instant(year: year > thisYear + 50 ? year - 100 : year, month: match.2, day: match.1, time: match.4)
    }

    /// As in `Sun Nov  6 08:49:37 1994`.
    private static func asctime(_ text: String) -> Timestamp? {
        let pattern = /[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([\d ]\d) (\d\d:\d\d:\d\d) (\d{4})/.asciiOnlyDigits()
        guard let match = text.wholeMatch(of: pattern), let year = Int(match.4) else { return nil }
        return instant(year: year, month: match.1, day: match.2, time: match.3)
    }

    private static func instant(year: Int, month: Substring, day: Substring, time: Substring) -> Timestamp? {
        let clock = time.split(separator: ":").compactMap { Int64($0) }
        guard let month = months.firstIndex(of: String(month)), let day = Int(day.filter { $0 != " " }),
            let date = CivilDate(year: year, month: month + 1, day: day),
            clock.count == 3, clock[0] < 24, clock[1] < 60, clock[2] <= 60
        else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
        return Timestamp(milliseconds: seconds * 1000)
    }
}
