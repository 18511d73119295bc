package import Basics
package import Redis

/// Publishes a minute's one entry to one stream, through `publish.lua`.
package struct Publisher: Sendable {
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
