package import Basics
import Redis
import ServiceLifecycle

extension TapeClock {
    /// Sleeps until the instant; returns false if a shutdown cuts the sleep short.
    package func pauses(until instant: Timestamp) async -> Bool {
        await Self.completes { [self] in try await sleep(until: instant) }
    }

    /// Sleeps for a duration of the tape; returns false if a shutdown cuts the sleep short.
    package func pauses(for duration: Duration) async -> Bool {
        await Self.completes { [self] in try await sleep(for: duration) }
    }

    /// Whether the sleep was not cut short by a shutdown, or by an error.
    static func completes(_ sleep: @escaping @Sendable () async throws -> Void) async -> Bool {
        do {
            try await cancelWhenGracefulShutdown(sleep)
            return !Task.isShuttingDownGracefully
        } catch {
            return false
        }
    }
}

extension StreamReader {
    /// Pauses after an error, for a duration of the tape; while Redis is away no longer than until it is back.
    ///
    /// Returns false if a shutdown cuts the pause short.
    package func pauses(for duration: Duration) async -> Bool {
        await TapeClock.completes { try await sleep(for: duration) }
    }

    /// As `pauses`, but throws if the task is cancelled, and goes on in a shutdown.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await redis.sleep(for: clock.wall(duration))
    }
}
