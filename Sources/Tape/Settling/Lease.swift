import Basics
import Redis

/// The right to work on a minute while others wait; it only saves the provider's quota, and correctness does not depend on it.
///
/// It expires if its holder dies, and is not released otherwise, because by then the minute is settled.
struct Lease: Sendable {
    static let duration: Duration = .seconds(10)
    static let period: Duration = .seconds(3)

    let key: String
    let owner: String
    let redis: RedisClient
    let clock: TapeClock

    /// Returns whether we hold the lease now; we may already have held it since a failed try.
    ///
    /// If a key of another type is in its place, nobody could ever take the lease, so everybody continues without one.
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
    /// If a renewal fails, the next one tries again.
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
