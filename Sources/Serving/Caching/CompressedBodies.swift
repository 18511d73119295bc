import NIOCore
import Synchronization

/// Bodies that were compressed, by their entity tags: the last used ones, up to a number of bytes.
final class CompressedBodies: Sendable {
    private let bodies: Mutex<LRUCache<String, ByteBuffer>>

    /// `capacity` is in bytes.
    init(capacity: Int) {
        bodies = Mutex(LRUCache(capacity: capacity))
    }

    func has(_ tag: String) -> Bool { bodies.withLock { $0.has(tag) } }

    /// Two that ask at once may both compress; their bytes are the same.
    func body(_ tag: String, of plain: () -> ByteBuffer) -> ByteBuffer {
        if let body = bodies.withLock({ $0.use(tag) }) { return body }
        let body = Gzip.compressed(plain())
        bodies.withLock { $0.keep(body, for: tag, cost: body.readableBytes) }
        return body
    }
}
