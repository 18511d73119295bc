import CHiredis

/// hiredis' reply reader: owns the C object, belongs to one event loop.
package final class ReplyParser {
    /// Larger pieces are fed in parts: the reader moves its whole rest forward after every reply it hands out, which is
    /// quadratic in what it was fed at once.
    private static let largestFeed = 16 * 1024

    private let reader: UnsafeMutablePointer<redisReader>
    /// The reader keeps the pointer, not what it points to.
    private let functions: UnsafeMutablePointer<redisReplyObjectFunctions>

    private var builder = ReplyBuilder()

    /// Makes the C reader; the process ends if there is no memory for it.
    package init() {
        functions = .allocate(capacity: 1)
        functions.initialize(to: Self.functions)
        guard let reader = redisReaderCreateWithFunctions(functions) else {
            preconditionFailure("out of memory for a Redis reply reader")
        }
        // Zero keeps the buffer between replies; the default frees it again and again.
        reader.pointee.maxbuf = 0
        self.reader = reader
        reader.pointee.privdata = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        redisReaderFree(reader)
        functions.deallocate()
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
        return builder.take()
    }

    /// What hiredis calls with each value, instead of making a tree of its own that would have to be copied.
    private static var functions: redisReplyObjectFunctions {
        redisReplyObjectFunctions(
            createString: { task, text, count in
                let bytes = UnsafeRawBufferPointer(start: text, count: count)
                return ReplyParser.build(task) { $0.add(ReplyParser.string(bytes, of: $1)) }
            },
            createArray: { task, count in ReplyParser.build(task) { builder, _ in builder.begin(arrayOf: Int(count)) }
            },
            createInteger: { task, value in ReplyParser.build(task) { builder, _ in builder.add(.integer(value)) } },
            // Such as stands where a deleted stream entry was.
            createNil: { task in ReplyParser.build(task) { builder, _ in builder.add(.null) } },
            freeObject: { _ in })
    }

    /// Returns what hiredis takes for the value: any pointer.
    private static func build(
        _ task: UnsafePointer<redisReadTask>?, _ step: (inout ReplyBuilder, _ type: Int32) -> Void
    ) -> UnsafeMutableRawPointer? {
        guard let task, let parser = task.pointee.privdata else { return nil }
        step(&Unmanaged<ReplyParser>.fromOpaque(parser).takeUnretainedValue().builder, task.pointee.type)
        return parser
    }

    private static func string(_ bytes: UnsafeRawBufferPointer, of type: Int32) -> RedisReply {
        switch type {
        case REDIS_REPLY_STATUS: .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: .error(String(decoding: bytes, as: UTF8.self))
        default: .bulk(Array(bytes))
        }
    }

    private var violation: RedisError {
        let text = withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return RedisError(.protocolViolation, command: "reply", message: text)
    }
}
