package import Basics
package import Redis

/// Publishes a minute's one entry to one stream, through `publish.lua`.
package struct Publisher: Sendable {
    /// The answers of `publish.lua`; all but `ok` have changed nothing.
    ///
    /// `duplicate`: there already is an entry for the minute. `late`: there is none, but the stream has passed the minute.
    /// `foreign`: the stream belongs to another source, or is of the other kind. `future`: the minute is more than 5 s ahead of
    /// Redis' clock.
    package enum Outcome: String, Sendable {
        case ok, duplicate, late, foreign, future
    }

    package let key: String
    private let source: String
    private let kind: DataKind?
    private let retain: Duration?
    private let redis: RedisClient
    private let clock: TapeClock

    /// An empty source publishes on behalf of the stream's own source; a nil `retain` keeps everything.
    ///
    /// `kind` is nil for entries that are not a feed's own.
    package init(
        key: String, source: String, kind: DataKind? = nil, retain: Duration?, redis: RedisClient, clock: TapeClock
    ) {
        self.key = key
        self.source = source
        self.kind = kind
        self.retain = retain
        self.redis = redis
        self.clock = clock
    }

    /// Writes the entry with the id `<minute>-0`, trims entries that are older by more than `retain`, and sets the clock.
    ///
    /// Safe to retry after an error: if the entry was written after all, the result is `duplicate`.
    package func publish(_ draft: EntryDraft, for minute: Minute) async throws(RedisError) -> Outcome {
        let oldest = retain.map { max(0, minute.milliseconds - $0.milliseconds) } ?? 0
        var arguments: [any RedisArgument] = [minute.milliseconds, source, kind?.rawValue ?? "", oldest]
        for field in draft.fields { arguments += [field.name, field.value] }
        let sent = ContinuousClock.now
        let reply = try await redis.evaluate(Self.script, keys: [key], arguments: arguments)
        guard let parts = reply.array, parts.count == 3, let outcome = parts[0].text.flatMap(Outcome.init(rawValue:)),
            let time = parts[1].text.flatMap({ Int64($0) })
        else {
            throw RedisError(.unexpectedReply, command: "publish.lua", message: "a reply that the script does not make")
        }
        clock.adjust(redisMilliseconds: time, sent: sent)
        return outcome
    }

    private static let script = RedisScript(
        name: "publish", source: PackageResources.publish_lua, probesWrites: true)
}
