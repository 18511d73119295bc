/// Eight neighbours of a text, looked at together: what a byte at a time would take a branch for, most of which are guessed
/// wrong where fields end.
///
/// Answers have the highest bit of each byte for which they hold, the first byte's lowest.
struct EightBytes {
    private let word: UInt64

    /// nil where there are no eight left.
    init?(_ text: UnsafeRawBufferPointer, at position: Int) {
        guard position + 8 <= text.count else { return nil }
        word = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// The place of the first byte for which an answer holds, from 0 to 7; 8 for none.
    static func first(_ answer: UInt64) -> Int { answer.trailingZeroBitCount >> 3 }

    func are(_ character: Unicode.Scalar) -> UInt64 {
        Self.areZero(word ^ Self.eight(UInt8(ascii: character)))
    }

    var areBelow0x20: UInt64 { Self.areZero(word & Self.eight(0xE0)) }

    var areNoDigits: UInt64 {
        // A digit has its value left, up to 9.
        let values = word ^ Self.eight(UInt8(ascii: "0"))
        return ((values & ~Self.high) + Self.eight(0x80 - 10) | values) & Self.high
    }

    private static func areZero(_ word: UInt64) -> UInt64 {
        // Without a carry from one byte into the next.
        ~((word & ~high) + ~high | word) & high
    }

    private static let high = eight(0x80)

    private static func eight(_ byte: UInt8) -> UInt64 { UInt64(byte) * 0x0101_0101_0101_0101 }
}
