/// Copies a few bytes without a function call: short copies always move a whole block, and what follows overwrites the excess.
enum ShortCopy {
    /// In bytes; this many may be written, however few are needed.
    static let length = 32

    /// Copies the source's bytes between two positions, and advances `place`.
    @inline(__always)
    static func copy(
        _ start: Int, _ end: Int, of source: UnsafeRawBufferPointer, to output: UnsafeMutableRawBufferPointer,
        at place: inout Int
    ) {
        let count = end &- start
        if count <= length, start &+ length <= source.count {
            let bytes = source.loadUnaligned(fromByteOffset: start, as: SIMD32<UInt8>.self)
            output.storeBytes(of: bytes, toByteOffset: place, as: SIMD32<UInt8>.self)
        } else {
            UnsafeMutableRawBufferPointer(rebasing: output[place...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<end]))
        }
        place &+= count
    }
}
