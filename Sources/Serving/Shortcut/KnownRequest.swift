import NIOCore

/// What a connection has asked last, by its very bytes: most ask the same again, and then nothing of it need be read.
struct KnownRequest {
    let request: ListRequest
    private let bytes: ByteBuffer

    /// Longer ones are not worth their memory, in bytes.
    private static let longest = 2_000

    /// nil for a request that is too long.
    init?(_ request: ListRequest, _ bytes: ByteBuffer) {
        guard bytes.readableBytes <= Self.longest else { return nil }
        self.request = request
        // A copy: the buffer that it was received in may be far larger.
        self.bytes = ByteBuffer(bytes: bytes.readableBytesView)
    }

    func isOf(_ bytes: ByteBuffer) -> Bool { self.bytes == bytes }
}
