import Basics
package import Redis
package import Tape

/// A pause that a provider asked for: no replica calls it before the pause has ended.
///
/// Stored in Redis for all replicas, as text that redis-cli can show: until when, and why. It only spares the provider; the tape
/// does not depend on it, so failures to read or write it are ignored.
package struct Pause: Sendable {
    struct Current: Equatable, Sendable {
        let until: Timestamp
        let reason: String
    }

    /// A longer pause is cut to this, because providers ask for absurd ones, and limits are lifted early.
    static let longest: Duration = .seconds(15 * 60)

    private let key: String
    private let redis: RedisClient
    private let clock: TapeClock

    /// `key` is the full name of the key in Redis, one for each stream.
    package init(key: String, redis: RedisClient, clock: TapeClock) {
        self.key = key
        self.redis = redis
        self.clock = clock
    }

    func begin(for wait: Duration, because reason: String) async {
        let length = min(wait, Self.longest)
        guard length > .zero else { return }
        let value = "\((clock.now + length).rfc3339) \(reason)"
        _ = try? await redis.send(RedisCommand("SET", key, value, "PX", clock.wallMilliseconds(length)))
    }

    /// Returns nil if the provider may be called.
    func current() async -> Current? {
        guard let value = try? await redis.send(RedisCommand("GET", key)).text else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard let until = parts.first.flatMap({ Timestamp(rfc3339: $0) }), until > clock.now else { return nil }
        return Current(until: until, reason: parts.count > 1 ? String(parts[1]) : "")
    }
}
