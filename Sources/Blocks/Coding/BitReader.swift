/// Reads what `BitWriter` has written.
///
/// Reads zeros beyond the end; whether a reader went too far is checked when it is done.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    /// In bits.
    private var position = 0

    /// Reads with `body`, and throws if it read beyond the end; `name` names the bytes in the error.
    static func read<Result>(
        _ bytes: ArraySlice<UInt8>, _ name: String, _ body: (inout BitReader) throws(BlockDamage) -> Result
    ) throws(BlockDamage) -> Result {
        try bytes.withUnsafeBufferPointer { (bytes) throws(BlockDamage) in
            var reader = BitReader(bytes: UnsafeRawBufferPointer(bytes))
            let result = try body(&reader)
            guard reader.position <= bytes.count * 8 else { throw BlockDamage("\(name) ends too early") }
            return result
        }
    }

    /// At least 57 bits from the current position; the first is the lowest.
    @inline(__always) private var next: UInt64 {
        let byte = position >> 3
        guard byte + 8 <= bytes.count else { return nextAtEnd(byte) }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: byte, as: UInt64.self)) >> UInt64(position & 7)
    }

    private func nextAtEnd(_ byte: Int) -> UInt64 {
        guard byte < bytes.count else { return 0 }
        var word: UInt64 = 0
        for (place, value) in bytes[byte...].enumerated() { word |= UInt64(value) << UInt64(place * 8) }
        return word >> UInt64(position & 7)
    }

    /// Reads 0 to 64 bits.
    @inline(__always) mutating func read(_ width: Int) -> UInt64 {
        if width > 32 { return readWide(width) }
        let value = next & ((1 << UInt64(width)) &- 1)
        position += width
        return value
    }

    private mutating func readWide(_ width: Int) -> UInt64 {
        let low = read(32)
        return low | read(width - 32) << 32
    }

    @inline(__always) mutating func readBit() -> Bool { read(1) == 1 }

    mutating func skip(_ width: Int) { position += width }

    mutating func readNumber() -> UInt64 {
        let width = Int(read(6)) + 1
        return read(width)
    }

    /// Returns nil if there are not as many bytes left.
    mutating func readBytes(_ count: Int) -> [UInt8]? {
        guard count >= 0, count <= (bytes.count * 8 - position) / 8 else { return nil }
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: read(8)) }
    }

    /// Reads a number that was written with a `RiceCode`.
    @inline(__always) mutating func readRice(_ code: RiceCode) -> UInt64 {
        let bits = next
        let ones = (~bits).trailingZeroBitCount
        if ones < RiceCode.longestRun, ones + 1 + code.width <= 57 {
            position += ones + 1 + code.width
            return UInt64(ones) << UInt64(code.width) | (bits >> UInt64(ones + 1)) & code.mask
        }
        if ones < RiceCode.longestRun {
            position += ones + 1
            return UInt64(ones) << UInt64(code.width) | read(code.width)
        }
        position += RiceCode.longestRun
        return readNumber()
    }

    /// Reads numbers one after another; faster than one by one, because several are taken of one load.
    @inline(__always) mutating func readRice(_ code: RiceCode, _ count: Int, _ body: (UInt64) -> Void) {
        var (window, width) = (0 as UInt64, 0)
        for _ in 0..<count {
            let ones = (~window).trailingZeroBitCount
            let length = ones + 1 + code.width
            if length <= width, ones < RiceCode.longestRun {
                body(UInt64(ones) << UInt64(code.width) | (window >> UInt64(ones + 1)) & code.mask)
                window >>= UInt64(length)
                width -= length
                position += length
            } else {
                body(readRice(code))
                (window, width) = (next, 57)
            }
        }
    }
}
