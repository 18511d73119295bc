import CZlib
import NIOCore

/// gzip (RFC 1952), with the same bytes for the same input: no time, no name, one level.
enum Gzip {
    /// Level 6 would take twice as long for a twentieth less.
    ///
    /// Entity tags do not tell levels apart: with another one `StoredList.rendering` is raised.
    private static let level: Int32 = 3

    static func compressed(_ input: ByteBuffer) -> ByteBuffer {
        var stream = z_stream()
        // Fails only without memory.
        precondition(cointape_gzip_deflate_init(&stream, level) == Z_OK)
        defer { deflateEnd(&stream) }
        // The bound is large enough for all of it to come out of one call.
        let capacity = Int(deflateBound(&stream, uLong(input.readableBytes)))
        var output = ByteBuffer()
        input.withUnsafeReadableBytes { input in
            _ = output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: Bytef.self).baseAddress)
                stream.avail_in = uInt(input.count)
                stream.next_out = output.bindMemory(to: Bytef.self).baseAddress
                stream.avail_out = uInt(output.count)
                let outcome = deflate(&stream, Z_FINISH)
                precondition(outcome == Z_STREAM_END)
                return output.count - Int(stream.avail_out)
            }
        }
        return output
    }
}
