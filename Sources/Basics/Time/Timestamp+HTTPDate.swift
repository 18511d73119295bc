extension Timestamp {
    /// Reads a date of an HTTP header, in any of its three forms (RFC 9110, section 5.6.7); returns nil if it is invalid.
    ///
    /// `now` determines the century of a two-digit year.
    package init?(httpDate text: String, now: Timestamp) {
        guard let instant = HTTPDate.parse(text, now: now) else { return nil }
        self = instant
    }
}

private enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Longer than any valid form, in bytes.
    private static let longest = 100

    static func parse(_ text: String, now: Timestamp) -> Timestamp? {
        guard text.utf8.count <= longest else { return nil }
        return imfFixdate(text) ?? rfc850(text, now: now) ?? asctime(text)
    }

    /// For example `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func imfFixdate(_ text: String) -> Timestamp? {
        var text = ByteScanner(text)
        guard takeName(&text)?.count == 3, text.take(text: ", "), let day = text.takeNumber(digits: 2), text.take(" "),
            let month = takeMonth(&text), text.take(" "), let year = text.takeNumber(digits: 4), text.take(" "),
            let time = takeTime(&text), text.take(text: " GMT"), text.isAtEnd
        else { return nil }
        return instant(year, month, day, time)
    }

    /// For example `Sunday, 06-Nov-94 08:49:37 GMT`; a date more than 50 years ahead is taken as one in the past.
    private static func rfc850(_ text: String, now: Timestamp) -> Timestamp? {
        var text = ByteScanner(text)
        guard takeName(&text) != nil, text.take(text: ", "), let day = text.takeNumber(digits: 2), text.take("-"),
            let month = takeMonth(&text), text.take("-"), let twoDigits = text.takeNumber(digits: 2), text.take(" "),
            let time = takeTime(&text), text.take(text: " GMT"), text.isAtEnd
        else { return nil }
        let thisYear = CivilDate(daysSinceEpoch: Int(now.milliseconds.flooredQuotient(by: 86_400_000))).year
        let year = thisYear / 100 * 100 + twoDigits
        return instant(year > thisYear + 50 ? year - 100 : year, month, day, time)
    }

    /// For example `Sun Nov  6 08:49:37 1994`.
    private static func asctime(_ text: String) -> Timestamp? {
        var text = ByteScanner(text)
        guard takeName(&text)?.count == 3, text.take(" "), let month = takeMonth(&text), text.take(" "),
            let day = text.takeNumber(digits: text.take(" ") ? 1 : 2), text.take(" "), let time = takeTime(&text),
            text.take(" "), let year = text.takeNumber(digits: 4), text.isAtEnd
        else { return nil }
        return instant(year, month, day, time)
    }

    /// Takes a capital letter followed by lowercase letters, such as a day's name.
    private static func takeName(_ text: inout ByteScanner) -> String? {
        guard let first = text.next, (0x41...0x5A).contains(first) else { return nil }
        var isFirst = true
        let name = text.take { byte in
            defer { isFirst = false }
            return isFirst || (0x61...0x7A).contains(byte)
        }
        return name.count > 1 ? String(decoding: name, as: UTF8.self) : nil
    }

    private static func takeMonth(_ text: inout ByteScanner) -> Int? {
        takeName(&text).flatMap(months.firstIndex).map { $0 + 1 }
    }

    /// Takes a time of day, and returns seconds since midnight.
    private static func takeTime(_ text: inout ByteScanner) -> Int? {
        guard let hour = text.takeNumber(digits: 2), text.take(":"), let minute = text.takeNumber(digits: 2),
            text.take(":"), let second = text.takeNumber(digits: 2), hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func instant(_ year: Int, _ month: Int, _ day: Int, _ time: Int) -> Timestamp? {
        CivilDate(year: year, month: month, day: day).map {
            Timestamp(milliseconds: (Int64($0.daysSinceEpoch) * 86_400 + Int64(time)) * 1000)
        }
    }
}
