package import Basics

/// How real time maps to the tape's time: one to one or, for tests, to a past time span that runs faster.
///
/// `COINTAPE_CLOCK=<start>[@<origin>]x<speed>`: at the real time `origin` (by default when the process read it), the tape's clock
/// shows `start`, and from then on it runs `speed` times as fast. Both are milliseconds since 1970. Processes that share a clock
/// need the same origin. `start` should be so far in the past that the test ends before it reaches the present, because
/// publishing refuses minutes in Redis' future.
package struct ClockScale: Equatable, Sendable {
    package let start: Timestamp
    package let origin: Timestamp
    /// How many milliseconds of the tape pass per real millisecond.
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
    /// `now` is the real time, and the origin if the text states none.
    package init?(_ text: String, now: Timestamp) {
        guard let mark = text.lastIndex(of: "x"), let speed = Int64(text[text.index(after: mark)...]),
            (1...1000).contains(speed)
        else { return nil }
        let instants = text[..<mark].split(separator: "@", omittingEmptySubsequences: false)
        guard instants.count <= 2, let start = Int64(instants[0]) else { return nil }
        guard let origin = instants.count == 2 ? Int64(instants[1]) : now.milliseconds else { return nil }
        self.init(start: Timestamp(milliseconds: start), origin: Timestamp(milliseconds: origin), speed: speed)
    }

    /// Converts real time to the tape's time.
    package func tape(at wall: Timestamp) -> Timestamp {
        // Computes with whole milliseconds, at a tenth of the cost of a Duration, because this runs for each request.
        let (gone, isFar) = wall.milliseconds.subtractingReportingOverflow(origin.milliseconds)
        let (scaled, isFarther) = gone.multipliedReportingOverflow(by: speed)
        let (sum, isFarthest) = start.milliseconds.addingReportingOverflow(scaled)
        guard isFar || isFarther || isFarthest else { return Timestamp(milliseconds: sum) }
        return Timestamp(milliseconds: wall > origin ? .max : .min)
    }

    /// Converts the tape's time to real time.
    package func wall(at tape: Timestamp) -> Timestamp {
        origin + (tape - start) / Int(speed)
    }

    /// The real duration of a duration of the tape.
    package func wall(_ duration: Duration) -> Duration {
        duration / Int(speed)
    }
}
