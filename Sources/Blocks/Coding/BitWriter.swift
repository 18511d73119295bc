/// Appends numbers of any width in bits; the first bit of a byte is the lowest.
struct BitWriter {
    private(set) var bytes: [UInt8] = []
    private var pending: UInt64 = 0
    private var count = 0

    /// Appends the lowest `width` bits, 0 to 64; the others are ignored.
    mutating func write(_ value: UInt64, _ width: Int) {
        guard width > 0 else { return }
        let value = width == 64 ? value : value & ((1 << UInt64(width)) &- 1)
        pending |= value << UInt64(count)
        if count + width < 64 {
            count += width
            return
        }
        withUnsafeBytes(of: pending.littleEndian) { bytes.append(contentsOf: $0) }
        // The bits that did not fit.
        pending = count == 0 ? 0 : value >> UInt64(64 - count)
        count += width - 64
    }

    mutating func write(_ bit: Bool) { write(bit ? 1 : 0, 1) }

    /// Appends a number of any size: the number of its bits minus one, in six bits, then the bits; zero counts as one bit.
    mutating func write(number: UInt64) {
        let width = max(1, 64 - number.leadingZeroBitCount)
        write(UInt64(width - 1), 6)
        write(number, width)
    }

    mutating func write(bytes: some Sequence<UInt8>) {
        for byte in bytes { write(UInt64(byte), 8) }
    }

    /// Pads the last byte with zeros, and returns all bytes.
    mutating func finish() -> [UInt8] {
        withUnsafeBytes(of: pending.littleEndian) { bytes.append(contentsOf: $0.prefix((count + 7) / 8)) }
        (pending, count) = (0, 0)
        return bytes
    }

    /// Clears the writer, and keeps its memory.
    mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        (pending, count) = (0, 0)
    }
}
