/// An ASCII letter in lower case; any other byte as it is.
@inlinable
package func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

/// A set of bytes, such as those that a protocol allows in tokens and hosts.
package struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// Only ASCII characters can be members.
    package init(_ characters: String) {
        for byte in characters.utf8 where byte < 128 {
            if byte < 64 { low |= 1 << byte } else { high |= 1 << (byte - 64) }
        }
    }

    /// The ASCII letters and digits.
    package static let alphanumerics = ByteSet("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    package func union(_ other: ByteSet) -> ByteSet {
        var both = self
        both.low |= other.low
        both.high |= other.high
        return both
    }

    /// Returns false for every byte above 127.
    package func contains(_ byte: UInt8) -> Bool {
        byte < 128 && (byte < 64 ? low >> byte : high >> (byte - 64)) & 1 == 1
    }
}
