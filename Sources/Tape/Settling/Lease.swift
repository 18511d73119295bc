import Basics
import Redis

/// The right to work on a minute while others wait: it saves the provider's quota, correctness never rests on it.
///
/// Runs out by itself when its holder dies, and is not given back: by then the minute is settled.
struct Lease: Sendable {
    static let duration: Duration = .seconds(10)
    static let period: Duration = .seconds(3)

    let key: String
    let owner: String
    let redis: RedisClient
    let clock: TapeClock

    /// Whether the lease is ours now; it may have been before, from a try that failed.
    ///
    /// A key of another type that stands in its place would keep everybody waiting for ever: then all go on without one.
    func take() async throws(RedisError) -> Bool {
        let duration = clock.wallMilliseconds(Self.duration)
        if try await redis.send(RedisCommand("SET", key, owner, "NX", "PX", duration)) != .null { return true }
        do throws(RedisError) {
            return try await renew()
        } catch {
            guard error.code == .server("WRONGTYPE") else { throw error }
            return true
        }
    }

    /// Renews until cancelled.
    ///
    /// A renewal that fails is left to the next one.
    func keep() async {
        while (try? await clock.sleep(for: Self.period)) != nil {
            _ = try? await renew()
        }
    }

    private func renew() async throws(RedisError) -> Bool {
        let duration = clock.wallMilliseconds(Self.duration)
        return try await redis.evaluate(Self.renewal, keys: [key], arguments: [owner, duration]) == .integer(1)
    }

    private static let renewal = RedisScript(name: "renew", source: PackageResources.renew_lua)
}
