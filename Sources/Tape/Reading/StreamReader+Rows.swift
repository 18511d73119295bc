import Basics
package import Redis

extension StreamReader {
    /// The newest entry with rows, among the newest 150 that are not in the future; nil if there is none.
    package func newestRows() async throws(RedisError) -> PublishedRows? {
        let reply = try await redis.evaluate(Self.newestRowsScript, keys: [key], arguments: [150, "\(highest)"])
        guard let parts = reply.array else { throw unexpected("EVALSHA") }
        guard parts.count == 4, let id = parts[0].text.flatMap({ StreamID($0) }) else { return nil }
        return PublishedRows(
            minute: id.minute, count: parts[1].text.flatMap { Int($0) } ?? 0, sha256: parts[2].text ?? "",
            asOf: parts[3].text.flatMap { Timestamp(rfc3339: $0) })
    }

    /// The newest entry that is neither a gap nor in the future; for streams with small entries.
    package func newestWithoutGap() async throws(RedisError) -> TapeEntry? {
        // The reply sets the clock.
        _ = try await newestID()
        let epoch = Minute(containing: Timestamp(milliseconds: 0))
        return try await newest(from: epoch, to: highest.minute, batch: 100) { $0.gap == nil }
    }

    /// Workers only write entries up to this id.
    private var highest: StreamID { FutureEntryAlarm.highest(clock.now) }

    private static let newestRowsScript = RedisScript(name: "newest_rows", source: PackageResources.newest_rows_lua)
}
