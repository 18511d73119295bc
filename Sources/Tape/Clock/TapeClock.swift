package import Basics
import Synchronization

/// The one clock of a worker: Redis' clock, as last seen in a reply, carried on by this machine's monotonic clock.
///
/// Workers on machines whose wall clocks differ so agree on what minute it is. Until Redis has answered it is the
/// machine's own wall clock.
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

    /// Takes over Redis' time out of a reply to a command that was sent at `sent`.
    package func adjust(redisMilliseconds: Int64, sent: ContinuousClock.Instant) {
        let received = ContinuousClock.now
        // A reply that was long on its way says little, unless nothing better was heard for long.
        let isStale = anchor.withLock { received - $0.instant > .seconds(60) }
        guard received - sent < .milliseconds(500) || isStale else { return }
        // Redis read its clock at some moment of the round trip: the middle is the best guess.
        let middle = sent + (received - sent) / 2
        anchor.withLock { $0 = Anchor(wall: Timestamp(milliseconds: redisMilliseconds), instant: middle) }
    }

    /// Returns when the tape's clock has reached the instant; throws when the task is cancelled.
    package func sleep(until instant: Timestamp) async throws(CancellationError) {
        while true {
            let left = wall(instant - now)
            guard left > .zero else { return }
            // In stretches, as Redis' clock may be corrected meanwhile.
            try await Self.sleep(min(left, .seconds(10)))
        }
    }

    /// Sleeps for a duration of the tape, even if the clock is adjusted meanwhile; throws when the task is cancelled.
    package func sleep(for duration: Duration) async throws(CancellationError) {
        try await Self.sleep(wall(duration))
    }

    /// How long a duration of the tape lasts: what Redis and timers are given.
    package func wall(_ duration: Duration) -> Duration {
        scale.wall(duration)
    }

    /// The same in whole milliseconds, at least one, as PX and BLOCK want it.
    package func wallMilliseconds(_ duration: Duration) -> Int64 {
        max(1, wall(duration).milliseconds)
    }

    /// When Redis' own clock shows an instant of the tape.
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
