import Basics
import ServiceLifecycle

extension TapeClock {
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
