package import Basics

/// How wall time maps to the tape's time: one to one, or, for tests, into a sped-up stretch of the past.
///
/// `COINTAPE_CLOCK=<start>[@<origin>]x<speed>`: at the wall instant `origin` (by default when the process read it) the
/// tape's clock stands at `start`, and runs `speed` times as fast. Both are milliseconds since 1970. Processes that are
/// to share the clock are given one origin. `start` should lie so far back that the test ends before it meets the present:
/// publishing refuses what lies in Redis' future.
package struct ClockScale: Equatable, Sendable {
    package let start: Timestamp
    package let origin: Timestamp
    /// How many milliseconds of the tape pass in one of the wall's.
    package let speed: Int64

    package static let realTime = ClockScale(
        start: Timestamp(milliseconds: 0), origin: Timestamp(milliseconds: 0), speed: 1)

    package init(start: Timestamp, origin: Timestamp, speed: Int64) {
        self.start = start
        self.origin = origin
        self.speed = speed
    }

    /// Reads `<start>[@<origin>]x<speed>` with a speed from 1 to 1000; nil for anything else.
    ///
    /// `now` is the wall's time, and the origin where the text has none.
    package init?(_ text: String, now: Timestamp) {
        guard let mark = text.lastIndex(of: "x"), let speed = Int64(text[text.index(after: mark)...]),
            (1...1000).contains(speed)
        else { return nil }
        let instants = text[..<mark].split(separator: "@", omittingEmptySubsequences: false)
        guard instants.count <= 2, let start = Int64(instants[0]) else { return nil }
        guard let origin = instants.count == 2 ? Int64(instants[1]) : now.milliseconds else { return nil }
        self.init(start: Timestamp(milliseconds: start), origin: Timestamp(milliseconds: origin), speed: speed)
    }

    /// The tape's instant at a wall instant.
    package func tape(at wall: Timestamp) -> Timestamp {
        // Whole milliseconds, which cost a tenth of a Duration's arithmetic: this is asked with each request.
        let (gone, isFar) = wall.milliseconds.subtractingReportingOverflow(origin.milliseconds)
        let (scaled, isFarther) = gone.multipliedReportingOverflow(by: speed)
        let (sum, isFarthest) = start.milliseconds.addingReportingOverflow(scaled)
        guard isFar || isFarther || isFarthest else { return Timestamp(milliseconds: sum) }
        return Timestamp(milliseconds: wall > origin ? .max : .min)
    }

    /// The wall's instant at an instant of the tape.
    package func wall(at tape: Timestamp) -> Timestamp {
        origin + (tape - start) / Int(speed)
    }

    /// How long a stretch of the tape's time lasts on the wall.
    package func wall(_ duration: Duration) -> Duration {
        duration / Int(speed)
    }
}
