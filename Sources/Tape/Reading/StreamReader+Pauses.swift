package import Basics
import Redis

extension StreamReader {
    /// Pauses after an error, for a duration of the tape, but no longer than until Redis is back.
    ///
    /// Returns false if a shutdown cuts the pause short.
    package func pauses(for duration: Duration) async -> Bool {
        await TapeClock.completes { try await sleep(for: duration) }
    }

    /// Pauses until the instant, but no longer than until a connection to Redis ends: then the stream may have lost its newest
    /// entries.
    ///
    /// Returns false if a shutdown cuts the pause short.
    package func pauses(until instant: Timestamp) async -> Bool {
        await TapeClock.completes {
            while true {
                let left = clock.wall(instant - clock.now)
                guard left > .zero else { return }
                // In steps, because Redis' clock may be corrected in the meantime.
                let (step, begun) = (min(left, .seconds(10)), ContinuousClock.now)
                try await redis.watch(for: step)
                guard ContinuousClock.now - begun < step else { continue }
                // A server that closes every connection is not to be asked without a pause.
                return try await redis.sleep(for: min(clock.wall(instant - clock.now), .seconds(1)))
            }
        }
    }

    /// As `pauses(for:)`, but throws if the task is cancelled, and goes on in a shutdown.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await redis.sleep(for: clock.wall(duration))
    }
}
