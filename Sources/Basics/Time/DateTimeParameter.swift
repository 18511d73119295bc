/// A point in time in the parameter `datetime` of the api, or in an option of a command.
///
/// RFC 3339 dates and date-times (T or a space between; `Z`, `±hh:mm`, or a space before hh:mm if form decoding replaced the
/// plus; no zone means UTC; seconds are optional), 10 digits for seconds and 13 for milliseconds since 1970, `-15m` and the like
/// (s, m, h, d), and `now`. Rounded down to its minute.
package enum DateTimeParameter: Equatable, Sendable {
    case absolute(Minute)
    case relative(Minute)

    /// Examples of accepted texts, for error messages.
    package static let accepted =
        "2026-11-21, 2026-11-21T09:01:00Z, 2026-11-21 09:01+01:00, 1795251660, 1795251660000, -15m (s, m, h, d), now"

    package var minute: Minute {
        switch self {
        case .absolute(let minute), .relative(let minute): minute
        }
    }

    /// Longer than any valid form, in bytes.
    private static let longest = 100

    /// Returns nil for any other text.
    package init?(_ text: String, now: Timestamp) {
        guard text.utf8.count <= Self.longest else { return nil }
        // Dispatches on the first byte, because this runs for each request of a past minute.
        switch text.utf8.first {
        case UInt8(ascii: "-"):
            guard let ago = Self.ago(text) else { return nil }
            self = .relative(Minute(containing: now - ago))
        case let first? where isDigit(first):
            guard let instant = Self.number(text) ?? Self.instant(text) else { return nil }
            self = .absolute(Minute(containing: instant))
        default:
            guard text.lowercased() == "now" else { return nil }
            self = .relative(Minute(containing: now))
        }
    }

    private static func number(_ text: String) -> Timestamp? {
        guard text.utf8.allSatisfy(isDigit), let number = Int64(text) else { return nil }
        switch text.utf8.count {
        case 10: return Timestamp(milliseconds: number * 1000)
        case 13: return Timestamp(milliseconds: number)
        default: return nil
        }
    }

    private static func ago(_ text: String) -> Duration? {
        var text = ByteScanner(text)
        guard text.take("-") else { return nil }
        let digits = text.take(while: isDigit)
        guard (1...9).contains(digits.count), let unit = text.next, text.take("s", "m", "h", "d"), text.isAtEnd else {
            return nil
        }
        let count = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        switch unit {
        case UInt8(ascii: "s"): return .seconds(count)
        case UInt8(ascii: "m"): return .seconds(count * 60)
        case UInt8(ascii: "h"): return .seconds(count * 3600)
        default: return .seconds(count * 86_400)
        }
    }

    private static func instant(_ text: String) -> Timestamp? {
        var text = ByteScanner(text)
        guard let date = text.takeDate() else { return nil }
        var minutes = date.daysSinceEpoch * 24 * 60
        if !text.isAtEnd {
            guard text.take("T", "t", " "), let ofDay = minutesOfDay(&text),
                let offset = text.isAtEnd ? 0 : text.takeZone("+", " "), text.isAtEnd
            else { return nil }
            minutes += ofDay - offset
        }
        return Timestamp(milliseconds: Int64(minutes) * 60_000)
    }

    private static func minutesOfDay(_ text: inout ByteScanner) -> Int? {
        guard let minutes = text.takeHourAndMinute() else { return nil }
        if text.take(":") {
            // RFC 3339 allows second 60 for a leap second; it lies in the same minute here.
            guard let second = text.takeNumber(digits: 2), second <= 60, text.takeFraction() != nil else { return nil }
        }
        return minutes
    }
}
