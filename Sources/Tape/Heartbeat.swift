import Basics
package import Redis

/// Says in Redis that a worker is alive, under a key that expires by itself.
package struct Heartbeat: Sendable {
    private let identity: WorkerIdentity
    private let keys: TapeKeys
    private let redis: RedisClient
    private let clock: TapeClock
    private let started: Timestamp

    private static let period: Duration = .seconds(5)

    package init(identity: WorkerIdentity, keys: TapeKeys, redis: RedisClient, clock: TapeClock) {
        self.identity = identity
        self.keys = keys
        self.redis = redis
        self.clock = clock
        started = clock.now
    }

    /// Beats until cancelled.
    ///
    /// A beat that is missed because Redis is away is not made up for.
    package func run() async {
        repeat {
            let members = [
                ("kind", identity.kind), ("pid", "\(identity.process)"), ("version", Version.current),
                ("started", started.rfc3339), ("last_minute", identity.lastMinute?.description ?? ""),
            ]
            let value = members.map { JSONString.quoted($0) + ":" + JSONString.quoted($1) }.joined(separator: ",")
            // Three periods: one lost beat does not make a worker dead. Real time, whatever the clock's speed.
            let expiry = (Self.period * 3).milliseconds
            _ = try? await redis.send(RedisCommand("SET", keys.worker(identity), "{\(value)}", "PX", expiry))
        } while (try? await Task.sleep(for: Self.period)) != nil
    }
}
