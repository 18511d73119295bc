import Basics

/// The first 64 bytes of a block.
///
/// `cointape`, the version (2 bytes), the number of minutes (2), the length of the outline (4), the first minute, in minutes
/// since 1970 (8), the lengths of the minutes' parts, the directory, the raw lists, and the chunks (8 each), the CRC-32 of the
/// outline, and that of the 60 bytes before it. All numbers are little endian.
struct BlockHead: Equatable {
    static let size = 64
    /// Increased when older readers would misread a block.
    static let version = 1
    private static let magic = Array("cointape".utf8)

    let first: Minute
    let minutes: Int
    /// The parts of the block, in order.
    let outline: Range<Int>
    let minutesParts: Range<Int>
    let directory: Range<Int>
    let raw: Range<Int>
    let chunks: Range<Int>
    let outlineSum: UInt32

    /// The size of the whole block.
    var size: Int { chunks.upperBound }

    init(
        first: Minute, minutes: Int, outline: [UInt8], minutesParts: Int, directory: Int, raw: Int, chunks: Int
    ) {
        self.init(first, minutes, CRC32.of(outline), lengths: [outline.count, minutesParts, directory, raw, chunks])
    }

    private init(_ first: Minute, _ minutes: Int, _ outlineSum: UInt32, lengths: [Int]) {
        (self.first, self.minutes, self.outlineSum) = (first, minutes, outlineSum)
        var end = Self.size
        let ranges = lengths.map { length in
            defer { end += length }
            return end..<end + length
        }
        (outline, minutesParts, directory) = (ranges[0], ranges[1], ranges[2])
        (raw, chunks) = (ranges[3], ranges[4])
    }

    /// Parses the head from the first bytes of a block.
    init(_ bytes: [UInt8]) throws(BlockDamage) {
        let name = "the block's head"
        guard bytes.starts(with: Self.magic) else {
            throw BlockDamage("this is no block: it does not begin with cointape")
        }
        var reader = ByteReader(bytes.prefix(Self.size), name)
        _ = try reader.take(Self.magic.count)
        let version = try reader.takeInteger(UInt16.self)
        guard version == Self.version else {
            throw BlockDamage("the block is of version \(version), and this program reads version \(Self.version)")
        }
        _ = try CRC32.opened(bytes.prefix(Self.size), name)
        let minutes = Int(try reader.takeInteger(UInt16.self))
        var lengths = [Int(try reader.takeInteger(UInt32.self))]
        let first = try reader.takeInteger(Int64.self)
        for _ in 0..<4 {
            let length = try reader.takeInteger(UInt64.self)
            guard length < 1 << 48 else { throw BlockDamage("\(name) tells of a part that is too long") }
            lengths.append(Int(length))
        }
        guard minutes > 0, (-1 << 40..<1 << 40).contains(first) else {
            throw BlockDamage("\(name) tells of minutes that cannot be")
        }
        self.init(
            Minute(containing: Timestamp(milliseconds: first * 60_000)), minutes, try reader.takeInteger(UInt32.self),
            lengths: lengths)
    }

    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(integer: UInt16(Self.version))
        bytes.append(integer: UInt16(minutes))
        bytes.append(integer: UInt32(outline.count))
        bytes.append(integer: first.milliseconds / 60_000)
        for part in [minutesParts, directory, raw, chunks] { bytes.append(integer: UInt64(part.count)) }
        bytes.append(integer: outlineSum)
        return CRC32.sealed(bytes)
    }
}
