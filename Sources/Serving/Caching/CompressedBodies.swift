import NIOCore
import Synchronization

/// Bodies that were compressed, by their entity tags: the last used ones, up to a number of bytes and of bodies.
final class CompressedBodies: Sendable {
    private struct Content {
        var bodies: [String: ByteBuffer] = [:]
        /// The least recently used first.
        var order: [String] = []
        var bytes = 0
    }

    /// Few enough to look through at each request.
    private static let most = 256
    private let capacity: Int
    private let content = Mutex(Content())

    /// `capacity` is in bytes.
    init(capacity: Int) {
        self.capacity = capacity
    }

    func has(_ tag: String) -> Bool { content.withLock { $0.bodies[tag] != nil } }

    /// Two that ask at once may both compress; their bytes are the same.
    func body(_ tag: String, of plain: () -> ByteBuffer) -> ByteBuffer {
        if let body = kept(tag) { return body }
        let body = Gzip.compressed(plain())
        keep(body, tag)
        return body
    }

    private func kept(_ tag: String) -> ByteBuffer? {
        content.withLock { content in
            guard let body = content.bodies[tag] else { return nil }
            if content.order.last != tag {
                content.order.removeAll { $0 == tag }
                content.order.append(tag)
            }
            return body
        }
    }

    private func keep(_ body: ByteBuffer, _ tag: String) {
        content.withLock { content in
            guard content.bodies.updateValue(body, forKey: tag) == nil else { return }
            content.order.append(tag)
            content.bytes += body.readableBytes
            while content.bytes > capacity || content.order.count > Self.most {
                let oldest = content.order.removeFirst()
                content.bytes -= content.bodies.removeValue(forKey: oldest)?.readableBytes ?? 0
            }
        }
    }
}
