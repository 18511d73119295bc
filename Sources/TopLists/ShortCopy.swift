/// Copies of a few bytes, without a call for each: as many are copied as can be at once, and those too many are written over
/// by what comes next.
enum ShortCopy {
    /// In bytes; so many may be written, however few there are.
    static let length = 32

    /// Copies what lies between two places of the source, and moves the output's place behind it.
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
