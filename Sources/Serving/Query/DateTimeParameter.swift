import Basics

/// The minute that a `datetime` parameter names.
///
/// RFC 3339 dates and date-times (T or a space between; `Z`, `±hh:mm`, or a space before hh:mm where a form's decoding
/// took the plus; no zone is UTC; seconds may be left out), 10 digits for seconds and 13 for milliseconds since 1970,
/// `-15m` and the like (s, m, h, d), and `now`. Rounded down to its minute.
enum DateTimeParameter: Equatable {
    case absolute(Minute)
    case relative(Minute)

    static let accepted =
        "2026-11-21, 2026-11-21T09:01:00Z, 2026-11-21 09:01+01:00, 1795251660, 1795251660000, -15m (s, m, h, d), now"

    var minute: Minute {
        switch self {
        case .absolute(let minute), .relative(let minute): minute
        }
    }

    init?(_ text: String, now: Timestamp) {
        if text.lowercased() == "now" {
            self = .relative(Minute(containing: now))
        } else if text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int64(text) {
            switch text.count {
            case 10: self = .absolute(Minute(containing: Timestamp(milliseconds: number * 1000)))
            case 13: self = .absolute(Minute(containing: Timestamp(milliseconds: number)))
            default: return nil
            }
        } else if let ago = Self.ago(text) {
            self = .relative(Minute(containing: now - ago))
        } else if let instant = Self.instant(text) {
            self = .absolute(Minute(containing: instant))
        } else {
            return nil
        }
    }

    private static func ago(_ text: String) -> Duration? {
        guard let match = text.wholeMatch(of: /-(\d{1,9})([smhd])/), let count = Int64(match.1) else { return nil }
        switch match.2 {
        case "s": return .seconds(count)
        case "m": return .seconds(count * 60)
        case "h": return .seconds(count * 3600)
        default: return .seconds(count * 86_400)
        }
    }

    private static func instant(_ text: String) -> Timestamp? {
        let pattern =
            /(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?([Zz]|([+\- ])(\d\d):(\d\d))?)?/
            .asciiOnlyDigits()
        guard let match = text.wholeMatch(of: pattern), let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3), let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        let hour = match.4.flatMap { Int($0) } ?? 0
        let minute = match.5.flatMap { Int($0) } ?? 0
        let second = match.6.flatMap { Int($0) } ?? 0
        let zoneHour = match.9.flatMap { Int($0) } ?? 0
        let zoneMinute = match.10.flatMap { Int($0) } ?? 0
        // RFC 3339 allows second 60 for a leap second; it lies in the same minute here.
        guard hour < 24, minute < 60, second <= 60, zoneHour < 24, zoneMinute < 60 else { return nil }
        let sign = match.8 == "-" ? -1 : 1
        let offset = sign * (zoneHour * 60 + zoneMinute)
        let minutes = (date.daysSinceEpoch * 24 + hour) * 60 + minute - offset
        return Timestamp(milliseconds: Int64(minutes) * 60_000)
    }
}
