package import Basics
package import Redis

/// Reads a stream's entries: by minute, newest first, or as they arrive.
package struct StreamReader: Sendable {
    /// The stream's key, with its prefix.
    package let key: String
    let redis: RedisClient
    let clock: TapeClock

    /// `clock` is set by replies that contain Redis' time; nothing is sent before the first call.
    package init(key: String, redis: RedisClient, clock: TapeClock) {
        self.key = key
        self.redis = redis
        self.clock = clock
    }

    /// The newest entry's id; nil if the stream is empty.
    ///
    /// Also sets the clock.
    package func newestID() async throws(RedisError) -> StreamID? {
        let sent = ContinuousClock.now
        let reply = try await redis.evaluate(Self.newest, keys: [key], arguments: [])
        guard let parts = reply.array, parts.count == 2, let id = parts[0].text,
            let time = parts[1].text.flatMap({ Int64($0) })
        else { throw unexpected("EVALSHA") }
        clock.adjust(redisMilliseconds: time, sent: sent)
        return StreamID(id)
    }

    /// The entry with the id `<minute>-0`, which may be a gap; nil if there is none.
    package func entry(at minute: Minute) async throws(RedisError) -> TapeEntry? {
        try await entries(RedisCommand("XRANGE", key, "\(StreamID(minute))", "\(StreamID(minute))", "COUNT", 1)).first
    }

    /// The entry of a minute, and the reply to another command, in one round trip.
    package func entry(
        at minute: Minute, then command: RedisCommand
    ) async throws(RedisError) -> (entry: TapeEntry?, reply: RedisReply) {
        let id = "\(StreamID(minute))"
        let replies = try await redis.send(RedisCommand("XRANGE", key, id, id, "COUNT", 1), then: command)
        for case (.error(let text), let name) in [(replies.0, "XRANGE"), (replies.1, command.name)] {
            throw RedisError(serverError: text, command: name)
        }
        return (try decode(replies.0, "XRANGE").first, replies.1)
    }

    /// The oldest entry; nil if the stream is empty.
    package func oldest() async throws(RedisError) -> TapeEntry? {
        try await entries(RedisCommand("XRANGE", key, "-", "+", "COUNT", 1)).first
    }

    /// The newest entries between the ids, newest first; nil means the end of the stream on that side.
    package func newest(
        _ count: Int, from first: StreamID? = nil, to last: StreamID? = nil
    ) async throws(RedisError) -> [TapeEntry] {
        let upper = last.map { "\($0)" } ?? "+"
        let lower = first.map { "\($0)" } ?? "-"
        return try await entries(RedisCommand("XREVRANGE", key, upper, lower, "COUNT", count))
    }

    /// At most `count` entries from the id on, including that one, oldest first.
    package func oldest(_ count: Int, from first: StreamID) async throws(RedisError) -> [TapeEntry] {
        try await entries(RedisCommand("XRANGE", key, "\(first)", "+", "COUNT", count))
    }

    /// The newest entry between the two minutes, both included, that satisfies the predicate.
    ///
    /// `batch` is the number of entries per round trip: one if entries have rows, more if they are small; `batches` limits the
    /// number of round trips.
    package func newest(
        from first: Minute, to last: Minute, batch: Int = 1, atMost batches: Int = .max,
        where holds: (TapeEntry) -> Bool
    ) async throws(RedisError) -> TapeEntry? {
        var upper = "\(StreamID(last).milliseconds)-\(UInt64.max)"
        for _ in 0..<batches {
            let found = try await entries(
                RedisCommand("XREVRANGE", key, upper, "\(StreamID(first))", "COUNT", batch))
            if let entry = found.first(where: holds) { return entry }
            guard let last = found.last else { return nil }
            upper = "(\(last.id)"
        }
        return nil
    }

    /// Waits for entries after the id; returns none if none arrive in time.
    ///
    /// Blocks its connection, so `redis` must not be shared with others.
    package func next(
        _ count: Int = 1, after id: StreamID?, waiting wait: Duration
    ) async throws(RedisError) -> [TapeEntry] {
        let block = clock.wallMilliseconds(min(wait, .seconds(5)))
        let start = id.map { "\($0)" } ?? "0-0"
        let command = RedisCommand("XREAD", "COUNT", count, "BLOCK", block, "STREAMS", key, start)
        let reply = try await redis.sendBlocking(command, timeout: .milliseconds(block) + .seconds(2))
        if reply == .null { return [] }
        guard let stream = reply.array?.first?.array, stream.count == 2 else { throw unexpected("XREAD") }
        return try decode(stream[1], "XREAD")
    }

    private func entries(_ command: RedisCommand) async throws(RedisError) -> [TapeEntry] {
        try decode(await redis.send(command), command.name)
    }

    private func decode(_ reply: RedisReply, _ command: String) throws(RedisError) -> [TapeEntry] {
        guard let elements = reply.array else { throw unexpected(command) }
        return elements.compactMap(TapeEntry.init)
    }

    func unexpected(_ command: String) -> RedisError {
        RedisError(.unexpectedReply, command: command, message: "a reply of another shape than the command promises")
    }

    private static let newest = RedisScript(name: "newest", source: PackageResources.newest_lua)
}
