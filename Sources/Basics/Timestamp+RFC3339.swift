extension Timestamp {
    /// Reads an RFC 3339 date-time, with T or a space, to the millisecond; nil for anything else.
    ///
    /// Orders and rates are read by the thousand: hence byte by byte, and not by a regular expression.
    package init?(rfc3339 text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        guard let year = rest.takeNumber(4), rest.take("-"), let month = rest.takeNumber(2), rest.take("-"),
            let day = rest.takeNumber(2), let date = CivilDate(year: year, month: month, day: day),
            rest.take("T", "t", " "), let hour = rest.takeNumber(2), rest.take(":"), let minute = rest.takeNumber(2),
            rest.take(":"), let second = rest.takeNumber(2), let fraction = rest.takeFraction(),
            let offset = rest.takeZone(), rest.isEmpty
        else { return nil }
        // Second 60 is a leap second: it counts as the next one.
        guard hour < 24, minute < 60, second <= 60 else { return nil }
        let minutes = (date.daysSinceEpoch * 24 + hour) * 60 + minute - offset
        self.init(milliseconds: (Int64(minutes) * 60 + Int64(second)) * 1000 + Int64(fraction))
    }
}

extension ArraySlice<UInt8> {
    /// Takes the first byte if it is one of these.
    fileprivate mutating func take(_ characters: Unicode.Scalar...) -> Bool {
        guard let first, characters.contains(Unicode.Scalar(first)) else { return false }
        removeFirst()
        return true
    }

    /// Takes exactly so many digits.
    fileprivate mutating func takeNumber(_ width: Int) -> Int? {
        let digits = prefix(width)
        guard digits.count == width, digits.allSatisfy(isDigit) else { return nil }
        removeFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Takes a point and up to nine digits behind it, as whole milliseconds; none is zero.
    fileprivate mutating func takeFraction() -> Int? {
        guard take(".") else { return 0 }
        let digits = prefix(while: isDigit)
        guard (1...9).contains(digits.count) else { return nil }
        removeFirst(digits.count)
        let milliseconds =
            digits.prefix(3) + [UInt8](repeating: UInt8(ascii: "0"), count: Swift.max(0, 3 - digits.count))
        return milliseconds.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// Takes `Z` or `+01:30`, in minutes.
    fileprivate mutating func takeZone() -> Int? {
        if take("Z", "z") { return 0 }
        let isNegative = first == UInt8(ascii: "-")
        guard take("+", "-"), let hours = takeNumber(2), take(":"), let minutes = takeNumber(2), hours < 24,
            minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }
}
