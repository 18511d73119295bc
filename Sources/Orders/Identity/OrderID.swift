import Basics
package import Tape

/// An order's public id: a UUID of version 7 (RFC 9562, section 5.7) that is derived from the ledger's entry, and identifies the
/// entry without a table.
///
/// 48 bits of milliseconds, the sequence's upper 12 bits in `rand_a`, its lower 20 bits at the start of `rand_b`, then 42 random
/// bits that are also stored in the entry, so that an invented id, or one from another Redis, is detected. Ids are ordered like
/// their entries.
package struct OrderID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The id of the order's entry in the ledger, below 2^48 in milliseconds and 2^32 in sequence.
    package let entry: StreamID
    package let tail: OrderTail

    /// nil if the entry's id does not fit into a UUID: 2^48 milliseconds or more, or a sequence of 2^32 or more.
    package init?(_ entry: StreamID, tail: OrderTail) {
        guard entry.milliseconds < 1 << 48, entry.sequence < 1 << 32 else { return nil }
        self.entry = entry
        self.tail = tail
    }

    /// Reads the form of RFC 9562, section 4, in either case; nil for anything else and for other versions.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 36 else { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let digits = Array(parts.joined().utf8)
        guard parts.map(\.utf8.count) == [8, 4, 4, 4, 12], let upper = hexadecimal(digits[..<16]),
            let lower = hexadecimal(digits[16...]), upper >> 12 & 0xF == 7, lower >> 62 == 0b10
        else { return nil }
        let sequence = (upper & 0xFFF) << 20 | lower >> 42 & 0xF_FFFF
        self.init(
            StreamID(milliseconds: upper >> 16, sequence: sequence),
            tail: OrderTail(bits: lower & OrderTail.mask))
    }

    /// The 36 characters of RFC 9562, section 4, in lower case.
    package var description: String {
        let upper = entry.milliseconds << 16 | 0x7000 | entry.sequence >> 20
        let lower = 0b10 << 62 | (entry.sequence & 0xF_FFFF) << 42 | tail.bits
        return String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for digit in 0..<32 {
                if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                let bits = UInt8(truncatingIfNeeded: (digit < 16 ? upper : lower) >> UInt64(60 - digit % 16 * 4)) & 0xF
                text[place] = bits < 10 ? UInt8(ascii: "0") + bits : UInt8(ascii: "a") + bits - 10
                place += 1
            }
            return place
        }
    }

    /// Orders by entry, then by tail if two ledgers have entries with the same id.
    package static func < (left: Self, right: Self) -> Bool {
        (left.entry, left.tail.bits) < (right.entry, right.tail.bits)
    }
}

/// 42 bits that distinguish entries of different ledgers with the same id.
package struct OrderTail: Hashable, Sendable, CustomStringConvertible {
    /// The upper 22 bits are 0.
    package let bits: UInt64

    static let mask: UInt64 = 1 << 42 - 1

    /// The lower 42 bits.
    package init(bits: UInt64) {
        self.bits = bits & Self.mask
    }

    /// Draws all 42 bits from the system's random number generator.
    package static func random() -> OrderTail {
        OrderTail(bits: .random(in: 0...mask))
    }

    /// Reads eleven lowercase hexadecimal digits, as stored in entries.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 11, let bits = hexadecimal(text.utf8), bits <= Self.mask,
            !text.utf8.contains(where: (UInt8(ascii: "A")...UInt8(ascii: "F")).contains)
        else { return nil }
        self.bits = bits
    }

    /// Eleven lowercase hexadecimal digits, with leading zeros.
    package var description: String { hexadecimal(bits, width: 11) }
}
