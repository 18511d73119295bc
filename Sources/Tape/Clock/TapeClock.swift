package import Basics
import Synchronization

/// The clock of a worker: Redis' time from the latest reply, continued by this machine's monotonic clock.
///
/// So workers agree on the present minute even if their machines' clocks differ. Until Redis has answered, it is the machine's
/// own clock.
package final class TapeClock: Sendable {
    package let scale: ClockScale
    private let anchor: Mutex<Anchor>

    private struct Anchor {
        var wall: Timestamp
        var instant: ContinuousClock.Instant
    }

    package init(scale: ClockScale = .realTime) {
        self.scale = scale
        anchor = Mutex(Anchor(wall: .machineTime, instant: .now))
    }

    /// The tape's time.
    package var now: Timestamp {
        scale.tape(at: wallNow)
    }

    /// How far Redis' clock is ahead of this machine's.
    package var offset: Duration {
        wallNow - Timestamp.machineTime
    }

    /// Sets the clock to Redis' time from the reply to a command that was sent at `sent`.
    package func adjust(redisMilliseconds: Int64, sent: ContinuousClock.Instant) {
        let received = ContinuousClock.now
        // A slow reply is inaccurate, and only used if there was no better one for a long time.
        let isStale = anchor.withLock { received - $0.instant > .seconds(60) }
        guard received - sent < .milliseconds(500) || isStale else { return }
        // Redis read its clock at some moment of the round trip; the middle is the best estimate.
        let middle = sent + (received - sent) / 2
        anchor.withLock { $0 = Anchor(wall: Timestamp(milliseconds: redisMilliseconds), instant: middle) }
    }

    /// Returns when the tape's clock has reached the instant; throws if the task is cancelled.
    package func sleep(until instant: Timestamp) async throws(CancellationError) {
        while true {
            let left = wall(instant - now)
            guard left > .zero else { return }
            // In steps, because Redis' clock may be corrected in the meantime.
            try await Self.sleep(min(left, .seconds(10)))
        }
    }

    /// Sleeps for a duration of the tape, even if the clock is adjusted meanwhile; throws if the task is cancelled.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await Self.sleep(wall(duration))
    }

    /// The real duration of a duration of the tape, for Redis and timers.
    package func wall(_ duration: Duration) -> Duration {
        scale.wall(duration)
    }

    /// The same in whole milliseconds, at least one, for PX and BLOCK.
    package func wallMilliseconds(_ duration: Duration) -> Int64 {
        max(1, wall(duration).milliseconds)
    }

    /// The time that Redis' own clock shows at an instant of the tape.
    package func wallInstant(of instant: Timestamp) -> Timestamp {
        scale.wall(at: instant)
    }

    private static func sleep(_ duration: Duration) async throws(CancellationError) {
        do { try await Task.sleep(for: duration) } catch { throw CancellationError() }
    }

    private var wallNow: Timestamp {
        anchor.withLock { $0.wall + (ContinuousClock.now - $0.instant) }
    }
}
