import HTTPServer
import NIOCore
import Synchronization

/// Caches compressed bodies, by entity tag, and pieces of them: the most recently used ones, up to a number of bytes.
final class CompressedBodies: Sendable {
    private let bodies: Mutex<LRUCache<String, ByteBuffer>>

    /// `capacity` is in bytes.
    init(capacity: Int) {
        bodies = Mutex(LRUCache(capacity: capacity))
    }

    func has(_ tag: String) -> Bool { bodies.withLock { $0.has(tag) } }

    /// The body with this tag; `beginning` identifies its first bytes, of which longer bodies share the first `shared`.
    ///
    /// Concurrent callers may both compress; their bytes are equal.
    func body(_ tag: String, beginning: String, shared: Int, of plain: () -> ByteBuffer) -> ByteBuffer {
        kept(tag) {
            Gzip.compressed(plain(), shared: shared) { number, make in kept("\(beginning) \(number)", make) }
        }
    }

    private func kept(_ key: String, _ make: () -> ByteBuffer) -> ByteBuffer {
        if let body = bodies.withLock({ $0.use(key) }) { return body }
        let body = make()
        bodies.withLock { $0.keep(body, for: key, cost: body.readableBytes) }
        return body
    }
}
