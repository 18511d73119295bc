package import Basics

/// The id of a stream entry: milliseconds and a sequence number, ordered as in Redis.
package struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Since 1970; see `time` for which clock.
    package let milliseconds: UInt64
    /// Distinguishes entries of the same millisecond; 0 for the entry of a minute.
    package let sequence: UInt64

    package init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// The id of a minute's entry: `<minute>-0`.
    package init(_ minute: Minute) {
        self.init(milliseconds: UInt64(max(0, minute.milliseconds)), sequence: 0)
    }

    /// Reads `<milliseconds>-<sequence>` as Redis writes it; nil for anything else, such as leading zeros, and for numbers beyond
    /// 64 bits.
    package init?(_ text: String) {
        var text = ByteScanner(text)
        guard let milliseconds = Self.number(text.take(while: isDigit)), text.take("-"),
            let sequence = Self.number(text.take(while: isDigit)), text.isAtEnd
        else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0") else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            let (tens, isOver) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOverToo) = tens.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
            if isOver || isOverToo { return nil }
            number = sum
        }
        return number
    }

    /// The time by the clock that generated the id: Redis' for `*`, the tape's for a minute.
    package var time: Timestamp { Timestamp(milliseconds: Int64(clamping: milliseconds)) }

    /// The minute that contains the id's time.
    package var minute: Minute {
        Minute(containing: Timestamp(milliseconds: Int64(clamping: milliseconds)))
    }

    package var description: String { "\(milliseconds)-\(sequence)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }

    /// `0-0`: no entry has this id, so reading from it returns all entries.
    package static let lowest = StreamID(milliseconds: 0, sequence: 0)

    /// The next id; nil after the highest.
    ///
    /// Returns nil instead of trapping, because an entry may have the highest sequence number.
    package var successor: StreamID? {
        if sequence < .max { return StreamID(milliseconds: milliseconds, sequence: sequence + 1) }
        return milliseconds < .max ? StreamID(milliseconds: milliseconds + 1, sequence: 0) : nil
    }

    /// The previous id; nil before the lowest.
    package var predecessor: StreamID? {
        if sequence > 0 { return StreamID(milliseconds: milliseconds, sequence: sequence - 1) }
        return milliseconds > 0 ? StreamID(milliseconds: milliseconds - 1, sequence: .max) : nil
    }
}
