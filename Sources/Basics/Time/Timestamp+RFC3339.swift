extension Timestamp {
    /// Reads an RFC 3339 date-time, with T or a space, to the millisecond; nil for anything else.
    package init?(rfc3339 text: some StringProtocol) {
        var text = ByteScanner(text)
        guard let date = text.takeDate(), text.take("T", "t", " "), let ofDay = text.takeHourAndMinute(),
            text.take(":"), let second = text.takeNumber(digits: 2), let fraction = text.takeFraction(),
            let offset = text.takeZone("+"), text.isAtEnd
        else { return nil }
        // Second 60 is a leap second: it counts as the next one.
        guard second <= 60 else { return nil }
        let minutes = date.daysSinceEpoch * 1440 + ofDay - offset
        self.init(milliseconds: (Int64(minutes) * 60 + Int64(second)) * 1000 + Int64(fraction))
    }
}

extension ByteScanner {
    /// Takes a date as in `2026-11-21`, if there is such a day.
    package mutating func takeDate() -> CivilDate? {
        guard let year = takeNumber(digits: 4), take("-"), let month = takeNumber(digits: 2), take("-"),
            let day = takeNumber(digits: 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    /// Takes `09:01`, in minutes since midnight.
    package mutating func takeHourAndMinute() -> Int? {
        guard let hour = takeNumber(digits: 2), take(":"), let minute = takeNumber(digits: 2), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    /// Takes `Z` or `+01:30`, in minutes; a zone east of Greenwich begins with one of the signs.
    package mutating func takeZone(_ east: Unicode.Scalar...) -> Int? {
        if take("Z", "z") { return 0 }
        let isWest = take("-")
        guard isWest || east.contains(where: { take($0) }), let minutes = takeHourAndMinute()
        else { return nil }
        return isWest ? -minutes : minutes
    }
}
