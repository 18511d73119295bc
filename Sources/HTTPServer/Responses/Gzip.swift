import CZlib
package import NIOCore

/// gzip (RFC 1952) with reproducible output: no time, no name, one level, and pieces of one size.
package enum Gzip {
    /// Level 6 would take twice as long to save another twentieth.
    ///
    /// Entity tags do not include the level or the size of pieces: if one changes, the tags of lists must change too.
    private static let level: Int32 = 3
    /// In bytes; each piece is compressed independently, which makes a large body one percent larger.
    package static let piece = 65_536

    /// Compresses the whole input as one piece, on the calling thread.
    package static func compressed(_ input: ByteBuffer) -> ByteBuffer {
        compressed(input, shared: 0) { _, make in make() }
    }

    /// Compresses whole pieces of the first `shared` bytes, with which longer bodies also begin, independently.
    ///
    /// `keep` gets a piece's number and a function that makes it, and returns the piece, new or cached.
    package static func compressed(
        _ input: ByteBuffer, shared: Int, keep: (Int, () -> ByteBuffer) -> ByteBuffer
    ) -> ByteBuffer {
        input.withUnsafeReadableBytes { input in
            let pieces = shared / piece
            var output = ByteBuffer()
            output.reserveCapacity(input.count / 2)
            // The header: deflate, no flags, no time, made on Unix.
            output.writeBytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
            for number in 0..<pieces {
                let bytes = UnsafeRawBufferPointer(rebasing: input[number * piece..<(number + 1) * piece])
                output.writeImmutableBuffer(keep(number) { deflated(bytes, Z_FULL_FLUSH) })
            }
            output.writeImmutableBuffer(
                deflated(UnsafeRawBufferPointer(rebasing: input[(pieces * piece)...]), Z_FINISH))
            let sum = crc32(0, input.bindMemory(to: Bytef.self).baseAddress, uInt(input.count))
            output.writeInteger(UInt32(truncatingIfNeeded: sum), endianness: .little)
            output.writeInteger(UInt32(truncatingIfNeeded: input.count), endianness: .little)
            return output
        }
    }

    private static func deflated(_ input: UnsafeRawBufferPointer, _ flush: Int32) -> ByteBuffer {
        var stream = z_stream()
        // Only fails if there is no memory.
        precondition(cointape_deflate_init(&stream, level) == Z_OK)
        defer { deflateEnd(&stream) }
        // The bound plus the end of a piece is large enough for one call to produce everything.
        let capacity = Int(deflateBound(&stream, uLong(input.count))) + 16
        var output = ByteBuffer()
        output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { output in
            stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: Bytef.self).baseAddress)
            stream.avail_in = uInt(input.count)
            stream.next_out = output.bindMemory(to: Bytef.self).baseAddress
            stream.avail_out = uInt(output.count)
            let outcome = deflate(&stream, flush)
            precondition(outcome == (flush == Z_FINISH ? Z_STREAM_END : Z_OK) && stream.avail_in == 0)
            return output.count - Int(stream.avail_out)
        }
        // A copy without unused capacity, because it may be cached.
        return ByteBuffer(bytes: output.readableBytesView)
    }
}
