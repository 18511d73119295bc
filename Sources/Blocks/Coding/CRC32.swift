import CZlib

/// The checksum of zlib and Ethernet, stored after the bytes that it covers, little endian.
enum CRC32 {
    static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let crc = bytes.withContiguousStorageIfAvailable {
            UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
        }
        return crc ?? of(Array(bytes))
    }

    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.append(integer: of(bytes))
        return bytes
    }

    /// Checks and removes the checksum; `name` names the part in the error.
    static func opened(_ bytes: ArraySlice<UInt8>, _ name: String) throws(BlockDamage) -> ArraySlice<UInt8> {
        guard bytes.count >= 4 else { throw BlockDamage("\(name) ends too early") }
        let content = bytes.dropLast(4)
        let sum = bytes.suffix(4).reversed().reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        guard of(content) == sum else { throw BlockDamage("\(name) is not what was written: its CRC-32 differs") }
        return content
    }
}
