extension Timestamp {
    /// Reads an RFC 3339 date-time, with T or a space, to the millisecond; nil for anything else.
    package init?(rfc3339 text: some StringProtocol) {
        let pattern =
            /(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+\-])(\d\d):(\d\d))/
            .asciiOnlyDigits()
        guard let match = String(text).wholeMatch(of: pattern), let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3), let date = CivilDate(year: year, month: month, day: day),
            let hour = Int(match.4), let minute = Int(match.5), let second = Int(match.6)
        else { return nil }
        let zoneHour = match.9.flatMap { Int($0) } ?? 0
        let zoneMinute = match.10.flatMap { Int($0) } ?? 0
        // Second 60 is a leap second: it counts as the next one.
        guard hour < 24, minute < 60, second <= 60, zoneHour < 24, zoneMinute < 60 else { return nil }
        let offset = (match.8 == "-" ? -1 : 1) * (zoneHour * 60 + zoneMinute)
        let minutes = (date.daysSinceEpoch * 24 + hour) * 60 + minute - offset
        let fraction = match.7.flatMap { Int64(String($0.prefix(3)).padding(to: 3)) } ?? 0
        self.init(milliseconds: (Int64(minutes) * 60 + Int64(second)) * 1000 + fraction)
    }
}

extension String {
    /// With zeros behind it.
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: "0", count: Swift.max(0, width - count))
    }
}
