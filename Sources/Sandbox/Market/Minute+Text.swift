package import Basics

extension Minute {
    /// Reads what `description` writes, and nothing else.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})Z/)?.output,
            let year = Int(match.1), let month = Int(match.2), let day = Int(match.3),
            let date = CivilDate(year: year, month: month, day: day),
            let hour = Int64(match.4), hour < 24, let minute = Int64(match.5), minute < 60
        else { return nil }
        let minutes = Int64(date.daysSinceEpoch) * 1440 + hour * 60 + minute
        self.init(containing: Timestamp(milliseconds: minutes * 60_000))
    }

    /// Minutes since 1970.
    var number: Int64 { milliseconds / 60_000 }
}
