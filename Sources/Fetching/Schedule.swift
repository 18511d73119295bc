package import Basics
import Config
import Workers

/// When a feed is due: at multiples of a period since the epoch, or when its newest entry says; plus an optional offset.
package struct Schedule: Equatable, Sendable {
    /// The period, a multiple of 60 seconds; if the feed is paced by its budget, the usual one.
    package private(set) var every: Duration
    /// Whether each entry says when the next one is due, so that the rest of the plan is spread evenly.
    package let isPaced: Bool
    /// How long after the start of a minute its fetch begins.
    package let offset: Duration

    /// A fetch that is not finished this long after its minute's start is given up, and the minute becomes a gap.
    package static let deadline: Duration = .seconds(55)
    /// If less than this is left before the deadline, the fetch waits for the next minute.
    private static let leastTime: Duration = .seconds(5)

    package init(every: Duration, offset: Duration = .zero, isPaced: Bool = false) {
        self.every = every
        self.isPaced = isPaced
        self.offset = offset
    }

    init?(reading reader: ConfigReader) {
        let rhythm = reader.parsed(
            "every", type: "duration", default: "60s",
            "The period, a multiple of 60s; or `auto`, which spreads the rest of the `budget` evenly.",
            convert: Rhythm.parse)
        let offset = reader.duration(
            "offset", default: "0s", in: .zero...(.seconds(45)), "How long after the minute's start to begin.")
        reader.finish()
        guard let rhythm, let offset else { return nil }
        switch rhythm {
        case .every(let period): self.init(every: period, offset: offset)
        case .auto: self.init(every: .seconds(60), offset: offset, isPaced: true)
        }
    }

    /// The same, paced by a budget that usually pays for a fetch in each period.
    func paced(_ every: Duration) -> Schedule {
        var schedule = self
        schedule.every = every
        return schedule
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

    /// The next appointment of a feed whose newest entry says when the next one is due.
    package func next(plannedFor planned: Minute, after newest: Minute, now: Timestamp) -> Appointment {
        let target = max(planned, newest.advanced(byMinutes: 1))
        let current = Minute(containing: now - offset)
        guard target <= current else { return appointment(target.start, now) }
        let isTooLate = now > current.start + offset + Self.deadline - Self.leastTime
        return appointment(isTooLate ? current.start + .seconds(60) : current.start, now)
    }

    private func appointment(_ time: Timestamp, _ now: Timestamp) -> Appointment {
        Appointment(
            minute: Minute(containing: time), start: max(now, time + offset), deadline: time + offset + Self.deadline)
    }
}
