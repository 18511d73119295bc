import CHiredis

/// hiredis' reply reader: owns the C object, belongs to one event loop.
package final class ReplyParser {
    /// Larger pieces are fed in parts: the reader moves its whole rest forward after every reply it hands out, which is
    /// quadratic in what it was fed at once.
    private static let largestFeed = 16 * 1024

    private let reader: UnsafeMutablePointer<redisReader>

    package init() {
        guard let reader = redisReaderCreate() else { preconditionFailure("out of memory for a Redis reply reader") }
        // Zero keeps the buffer between replies; the default frees it again and again.
        reader.pointee.maxbuf = 0
        self.reader = reader
    }

    deinit {
        redisReaderFree(reader)
    }

    /// Feeds what was received and calls `body` with each reply that is now whole.
    ///
    /// After an error the parser is dead: the connection must be closed.
    package func feed(_ bytes: UnsafeRawBufferPointer, _ body: (RedisReply) -> Void) throws(RedisError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Self.largestFeed)
            rest = rest.dropFirst(piece.count)
            let base = UnsafeRawBufferPointer(rebasing: piece).assumingMemoryBound(to: CChar.self).baseAddress
            guard redisReaderFeed(reader, base, piece.count) == REDIS_OK else { throw violation }
            while let reply = try next() { body(reply) }
        }
    }

    private func next() throws(RedisError) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw violation }
        guard let object else { return nil }
        defer { freeReplyObject(object) }
        return Self.convert(object.assumingMemoryBound(to: redisReply.self))
    }

    private static func convert(_ reply: UnsafePointer<redisReply>) -> RedisReply {
        let value = reply.pointee
        switch value.type {
        case REDIS_REPLY_STRING: return .bulk(bytes(of: value))
        case REDIS_REPLY_STATUS: return .status(String(decoding: bytes(of: value), as: UTF8.self))
        case REDIS_REPLY_ERROR: return .error(String(decoding: bytes(of: value), as: UTF8.self))
        case REDIS_REPLY_INTEGER: return .integer(value.integer)
        case REDIS_REPLY_ARRAY:
            let elements = UnsafeBufferPointer(start: value.element, count: Int(value.elements))
            // A nil element stands where a deleted stream entry was.
            return .array(elements.map { element in element.map { convert($0) } ?? .null })
        default: return .null
        }
    }

    private static func bytes(of reply: redisReply) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: reply.str, count: Int(reply.len)))
    }

    private var violation: RedisError {
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return RedisError(.protocolViolation, command: "reply", message: text)
    }
}
