import Basics
import Redis

/// The right to work on a minute while others wait: it saves the provider's quota, correctness never rests on it.
///
/// Runs out by itself when its holder dies, and is not given back: by then the minute is settled.
struct Lease: Sendable {
    static let duration: Duration = .seconds(10)
    static let renewal: Duration = .seconds(3)

    let key: String
    let owner: String
    let redis: RedisClient
    let clock: TapeClock

    func take() async throws(RedisError) -> Bool {
        let duration = clock.wallMilliseconds(Self.duration)
        return try await redis.send(RedisCommand("SET", key, owner, "NX", "PX", duration)) != .null
    }

    /// Renews until cancelled.
    ///
    /// A renewal that fails is left to the next one.
    func keep() async {
        while (try? await clock.sleep(for: Self.renewal)) != nil {
            let duration = clock.wallMilliseconds(Self.duration)
            _ = try? await redis.evaluate(Self.renew, keys: [key], arguments: [owner, duration])
        }
    }

    private static let renew = RedisScript(name: "renew", source: PackageResources.renew_lua)
}
