package import Basics

/// A stream entry's id: milliseconds and a sequence number, ordered as Redis orders them.
package struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Since 1970: see `time` for whose clock it is.
    package let milliseconds: UInt64
    /// Tells apart the entries of one millisecond; 0 for the entry of a minute.
    package let sequence: UInt64

    package init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// A minute's own entry: `<minute>-0`.
    package init(_ minute: Minute) {
        self.init(milliseconds: UInt64(max(0, minute.milliseconds)), sequence: 0)
    }

    /// Reads `<milliseconds>-<sequence>` as Redis writes it: nil for anything else, such as leading zeros, and for a part
    /// beyond 64 bits.
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

    /// By the clock that made it: Redis' for `*`, the tape's for a minute.
    package var time: Timestamp { Timestamp(milliseconds: Int64(clamping: milliseconds)) }

    /// The minute that the id lies in.
    package var minute: Minute {
        Minute(containing: Timestamp(milliseconds: Int64(clamping: milliseconds)))
    }

    package var description: String { "\(milliseconds)-\(sequence)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }

    /// `0-0`: Redis gives no entry this id, so whoever reads from it on reads all.
    package static let lowest = StreamID(milliseconds: 0, sequence: 0)

    /// The next id; nil behind the highest.
    ///
    /// An entry may have any sequence number, the highest too: adding to it would trap.
    package var successor: StreamID? {
        if sequence < .max { return StreamID(milliseconds: milliseconds, sequence: sequence + 1) }
        return milliseconds < .max ? StreamID(milliseconds: milliseconds + 1, sequence: 0) : nil
    }

    /// The id before; nil before the lowest.
    package var predecessor: StreamID? {
        if sequence > 0 { return StreamID(milliseconds: milliseconds, sequence: sequence - 1) }
        return milliseconds > 0 ? StreamID(milliseconds: milliseconds - 1, sequence: .max) : nil
    }
}
