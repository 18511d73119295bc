/// Makes gzip bodies that are wrong on purpose, which no library would write.
enum Deflate {
    private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

    /// A gzip file of these bytes that is cut off, so that the rest and the checksum are missing.
    ///
    /// Uses stored blocks (RFC 1951, section 3.2.4), which hold up to 65,535 bytes each.
    static func cut(_ bytes: [UInt8]) -> [UInt8] {
        var output = header
        let part = bytes.prefix(bytes.count / 2)
        for start in stride(from: 0, to: part.count, by: 65_535) {
            let block = part[start..<min(start + 65_535, part.count)]
            let (low, high) = (UInt8(block.count & 255), UInt8(block.count >> 8))
            output += [0, low, high, ~low, ~high]
            output += block
        }
        return output
    }

    /// Slightly more than `size` spaces, compressed to less than a hundredth; the end is missing.
    ///
    /// One block with fixed codes (RFC 1951, section 3.2.6): a literal space, then copies of length 258 at distance 1.
    static func bomb(size: Int) -> [UInt8] {
        var bits = BitWriter(header)
        bits.append(0b011, count: 3)
        // Codes are written with the most significant bit first: 0x30 + ' ', reversed.
        bits.append(reversed: 0x30 + 0x20, count: 8)
        for _ in 0...(size / 258) {
            bits.append(reversed: 0b1100_0101, count: 8)
            bits.append(0, count: 5)
        }
        return bits.bytes
    }
}

/// Writes bits in the order of deflate: the first bit of a byte is the lowest.
private struct BitWriter {
    var bytes: [UInt8]
    private var used = 8

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func append(_ value: UInt32, count: Int) {
        for bit in 0..<count { append(value >> UInt32(bit) & 1) }
    }

    mutating func append(reversed value: UInt32, count: Int) {
        for bit in (0..<count).reversed() { append(value >> UInt32(bit) & 1) }
    }

    private mutating func append(_ bit: UInt32) {
        if used == 8 {
            bytes.append(0)
            used = 0
        }
        bytes[bytes.count - 1] |= UInt8(bit) << UInt8(used)
        used += 1
    }
}
