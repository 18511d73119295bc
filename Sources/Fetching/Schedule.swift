package import Basics
import Config

/// When a feed is due: at multiples of a period since the epoch, plus an optional offset.
package struct Schedule: Equatable, Sendable {
    /// The period, in configs a multiple of 60 seconds.
    package let every: Duration
    /// How long after the start of a minute its fetch begins.
    package let offset: Duration

    /// A fetch that is not finished this long after its minute's start is given up, and the minute becomes a gap.
    package static let deadline: Duration = .seconds(55)
    /// If less than this is left before the deadline, the fetch waits for the next minute.
    private static let leastTime: Duration = .seconds(5)

    package init(every: Duration, offset: Duration = .zero) {
        self.every = every
        self.offset = offset
    }

    init?(reading reader: ConfigReader) {
        let every = reader.duration(
            "every", default: "60s", in: .seconds(60)...(.seconds(86_400)), "The period, a multiple of 60s.")
        let offset = reader.duration(
            "offset", default: "0s", in: .zero...(.seconds(45)), "How long after the minute's start to begin.")
        reader.finish()
        guard let every, let offset else { return nil }
        guard every.milliseconds % 60_000 == 0 else {
            reader.complain(about: "every", "should be a multiple of 60s")
            return nil
        }
        self.init(every: every, offset: offset)
    }

    /// A minute to settle, with its start and deadline.
    package struct Appointment: Equatable, Sendable {
        package let minute: Minute
        /// When to begin: at the offset into the minute, or now if that has passed.
        package let start: Timestamp
        /// When to give up; it does not depend on how late the fetch begins.
        package let deadline: Timestamp
    }

    /// The next appointment: at once if the last due minute has passed without an entry, otherwise at the next due minute.
    ///
    /// A late fetch is for the current minute, because providers only deliver present data.
    ///
    /// `isStandIn` means that the newest entry is only a gap by which a join closed the minute: nothing was fetched since the
    /// feed was due, so it is still due, at the first minute after that.
    package func next(after newest: Minute?, isStandIn: Bool = false, now: Timestamp) -> Appointment {
        let current = Minute(containing: now - offset)
        let due = current.floored(to: every)
        if let newest, newest >= due, !isStandIn || newest >= current {
            let isDueStill = isStandIn && newest == current && newest.advanced(byMinutes: 1).start < due.start + every
            return appointment(isDueStill ? newest.start + .seconds(60) : due.start + every, now)
        }
        let isTooLate = now > current.start + offset + Self.deadline - Self.leastTime
        return appointment(isTooLate ? current.start + .seconds(60) : current.start, now)
    }

    private func appointment(_ time: Timestamp, _ now: Timestamp) -> Appointment {
        Appointment(
            minute: Minute(containing: time), start: max(now, time + offset), deadline: time + offset + Self.deadline)
    }
}
