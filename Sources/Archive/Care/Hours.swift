package import Basics

/// Describes sets of hours in words, and joins consecutive hours into runs.
package enum Hours {
    /// All hours that these blocks cover.
    static func covered(by names: some Sequence<BlockName>) -> Set<Minute> {
        var hours: Set<Minute> = []
        for name in names {
            for number in 0..<name.minutes / 60 { hours.insert(name.first.advanced(byMinutes: number * 60)) }
        }
        return hours
    }

    /// The hours from the first to the last, both included.
    static func all(from first: Minute, to last: Minute) -> some Sequence<Minute> {
        sequence(first: first) { $0.advanced(byMinutes: 60) }.lazy.prefix { $0 <= last }
    }

    /// One line for each run, in order: `2026-11-28T13`, or `2026-11-28T13 to 2026-11-28T15 (3 hours)`.
    package static func lines(_ hours: some Collection<Minute>) -> [String] {
        var runs: [(first: Minute, last: Minute, count: Int)] = []
        for hour in hours.sorted() {
            if let run = runs.last, run.last.advanced(byMinutes: 60) == hour {
                runs[runs.count - 1] = (run.first, hour, run.count + 1)
            } else {
                runs.append((hour, hour, 1))
            }
        }
        return runs.map { run in
            run.count == 1 ? text(run.first) : "\(text(run.first)) to \(text(run.last)) (\(run.count) hours)"
        }
    }

    private static func text(_ hour: Minute) -> String { String(hour.description.prefix(13)) }
}
