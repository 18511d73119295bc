package import Basics
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

    private static func completes(_ sleep: @escaping @Sendable () async throws -> Void) async -> Bool {
        do {
            try await cancelWhenGracefulShutdown(sleep)
            return !Task.isShuttingDownGracefully
        } catch {
            return false
        }
    }
}
