import Basics
package import Redis
package import Tape

/// What a provider's wish to be left alone comes to: no replica asks before it has ended.
///
/// Kept in Redis for all replicas, as text that redis-cli shows: until when, and why. It saves a provider's patience; the
/// tape does not rest on it, so failures to read or write it are nobody's business.
package struct Pause: Sendable {
    struct Current: Equatable, Sendable {
        let until: Timestamp
        let reason: String
    }

    /// A wish for more is asked again after this long: providers send absurd ones, and limits are lifted early.
    static let longest: Duration = .seconds(15 * 60)

    private let key: String
    private let redis: RedisClient
    private let clock: TapeClock

    /// `key` is the whole name of the key in Redis, one for each stream.
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

    /// nil when the provider may be asked.
    func current() async -> Current? {
        guard let value = try? await redis.send(RedisCommand("GET", key)).text else { return nil }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard let until = parts.first.flatMap({ Timestamp(rfc3339: $0) }), until > clock.now else { return nil }
        return Current(until: until, reason: parts.count > 1 ? String(parts[1]) : "")
    }
}
