package import Basics
package import Redis

/// Publishes a minute's one entry to one stream, through `publish.lua`.
package struct Publisher: Sendable {
    /// What `publish.lua` answers; all but `ok` have changed nothing.
    ///
    /// `duplicate`: there is an entry for the minute. `late`: there is none, but the stream has gone past the minute.
    /// `foreign`: the stream is another source's, or of the other kind.
    /// `future`: the minute is more than 5 s ahead of Redis' clock.
    package enum Outcome: String, Sendable {
        case ok, duplicate, late, foreign, future
    }

    package let key: String
    private let source: String
    private let kind: DataKind?
    private let retain: Duration?
    private let redis: RedisClient
    private let clock: TapeClock

    /// An empty source publishes in the name of whichever source the stream has; `retain` nil keeps all.
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

    /// Writes the entry under the id `<minute>-0`, trims what is older by more than `retain`, and sets the clock.
    ///
    /// Safe to run again after an error: if the entry was written after all, the answer is `duplicate`.
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
