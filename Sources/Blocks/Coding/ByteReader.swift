/// Parses bytes from the start; throws if there are too few.
struct ByteReader {
    private(set) var rest: ArraySlice<UInt8>
    /// The name of the part that is read, for errors.
    private let name: String

    init(_ bytes: ArraySlice<UInt8>, _ name: String) {
        rest = bytes
        self.name = name
    }

    private var tooShort: BlockDamage { BlockDamage("\(name) ends too early") }

    mutating func take(_ count: Int) throws(BlockDamage) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw tooShort }
        let taken = rest.prefix(count)
        rest = rest.dropFirst(count)
        return taken
    }

    /// Takes a LEB128 number: seven bits per byte, lowest first; the eighth bit is set if more bytes follow.
    mutating func takeNumber() throws(BlockDamage) -> Int {
        var (number, shift) = (0 as UInt64, 0 as UInt64)
        while let byte = rest.popFirst() {
            guard shift < 63 else { break }
            number |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 {
                guard let number = Int(exactly: number) else { break }
                return number
            }
            shift += 7
        }
        throw tooShort
    }

    /// Takes a count of things that take at least a byte each.
    mutating func takeCount() throws(BlockDamage) -> Int {
        let count = try takeNumber()
        guard count <= rest.count else { throw tooShort }
        return count
    }

    /// Takes a length and that many bytes.
    mutating func takeText() throws(BlockDamage) -> [UInt8] {
        Array(try take(try takeNumber()))
    }

    mutating func takeInteger<Number: FixedWidthInteger>(_ type: Number.Type) throws(BlockDamage) -> Number {
        let bytes = try take(Number.bitWidth / 8)
        return bytes.reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}

extension [UInt8] {
    /// Appends a number of 0 or more as LEB128.
    mutating func append(number: Int) {
        var rest = UInt64(number)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append(text: some Collection<UInt8>) {
        append(number: text.count)
        append(contentsOf: text)
    }

    /// Appends the bytes in little endian order.
    mutating func append(integer: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: integer.littleEndian) { append(contentsOf: $0) }
    }
}
