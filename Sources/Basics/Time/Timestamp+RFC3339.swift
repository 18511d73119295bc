extension Timestamp {
    /// Reads an RFC 3339 date-time, with T or a space, to the millisecond; returns nil for anything else.
    package init?(rfc3339 text: some StringProtocol) {
        var text = ByteScanner(text)
        guard let date = text.takeDate(), text.take("T", "t", " "), let ofDay = text.takeHourAndMinute(),
            text.take(":"), let second = text.takeNumber(digits: 2), let fraction = text.takeFraction(),
            let offset = text.takeZone("+"), text.isAtEnd
        else { return nil }
        // Second 60 is a leap second, and counts as the first second of the next minute.
        guard second <= 60 else { return nil }
        let minutes = date.daysSinceEpoch * 1440 + ofDay - offset
        self.init(milliseconds: (Int64(minutes) * 60 + Int64(second)) * 1000 + Int64(fraction))
    }
}

extension ByteScanner {
    /// Takes a date such as `2026-11-21`; returns nil if there is no such day.
    package mutating func takeDate() -> CivilDate? {
        guard let year = takeNumber(digits: 4), take("-"), let month = takeNumber(digits: 2), take("-"),
            let day = takeNumber(digits: 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Takes a time such as `09:01`, and returns minutes since midnight.
    package mutating func takeHourAndMinute() -> Int? {
        guard let hour = takeNumber(digits: 2), take(":"), let minute = takeNumber(digits: 2), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// Takes `Z` or an offset such as `+01:30`, and returns minutes; `east` lists the signs for a zone east of Greenwich.
    package mutating func takeZone(_ east: Unicode.Scalar...) -> Int? {
        if take("Z", "z") { return 0 }
        let isWest = take("-")
        guard isWest || east.contains(where: { take($0) }), let minutes = takeHourAndMinute()
        else { return nil }
        return isWest ? -minutes : minutes
    }
}
