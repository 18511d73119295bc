import Basics
import Redis
import Tape

/// What is expected of a stream, and how the findings compare with that.
struct StreamStatus: Sendable {
    let name: String
    let key: String
    /// The redis-cli command that connects to its Redis.
    let cli: String
    /// nil if the stream keeps everything.
    let retain: Duration?
    /// The number of minutes that are due between two minutes, both included.
    let due: @Sendable (Minute, Minute) -> Int
    /// How old the newest data may be.
    let patience: Duration
    /// How far back gaps and missing minutes are counted.
    var window: Duration = .seconds(7200)

    /// The first minute whose entries are examined.
    func windowStart(_ now: Timestamp) -> Minute {
        Minute(containing: now - longestWindow)
    }

    /// `minutes` are those since `windowStart`, newest first; `good` is the newest entry that is not in the future; `isDue` is
    /// false if the stream need not have an entry yet.
    func report(
        _ survey: StreamSurvey, _ minutes: [SettledMinute], good: StreamID?, isDue: Bool = true, now: Timestamp
    ) -> (StatusReport.Stream, [StatusReport.Problem]) {
        let present = minutes.filter { !FutureEntryAlarm.isAhead($0.id, now: now) }
        let data = present.first { $0.gap == nil }?.id.minute
        var gaps: [String: Int] = [:]
        for minute in present {
            // Anybody who can write to the stream can write any code.
            if let gap = minute.gap { gaps[Gap.Code(rawValue: gap)?.rawValue ?? "other", default: 0] += 1 }
        }
        var missing = 0
        if let good, let oldest = survey.oldest?.minute {
            // A minute counts as missing once no worker can still be working on it.
            let last = max(good.minute, Minute(containing: now - patience))
            missing = max(0, due(max(oldest, windowStart(now)), last) - present.count)
        }
        let age = data.map { now - $0.start }
        let stream = StatusReport.Stream(
            name: name, entries: survey.entries, newestMinute: survey.newest.map { "\($0.minute)" },
            newestData: data.map { "\($0)" }, age: age.map { $0 / .seconds(1) },
            window: (now - windowStart(now).start).components.seconds, gaps: gaps, missing: missing,
            look: look)
        return (stream, problems(survey, minutes, good, age: age, isDue: isDue, now: now))
    }

    private func problems(
        _ survey: StreamSurvey, _ minutes: [SettledMinute], _ good: StreamID?, age: Duration?, isDue: Bool,
        now: Timestamp
    ) -> [StatusReport.Problem] {
        let ahead = minutes.filter { FutureEntryAlarm.isAhead($0.id, now: now) }
        if let top = survey.lastID, FutureEntryAlarm.isAhead(top, now: now) {
            let remove =
                ahead.isEmpty ? [] : ["\(cli) XDEL '\(key)' \(ahead.map { "\($0.id)" }.joined(separator: " "))"]
            // A stream without a good entry has no id to go back to, and nothing to lose.
            let goBack = good.map { "\(cli) XSETID '\(key)' \($0)" } ?? "\(cli) DEL '\(key)'"
            let what = ahead.isEmpty ? "an entry of the future, \(top), was" : "the entry \(top) lies in the future"
            return [
                StatusReport.Problem(
                    what: ahead.isEmpty
                        ? "\(name): \(what) taken out, and still keeps all minutes before it out"
                        : "\(name): \(what), and blocks all earlier minutes",
                    mend: remove + [goBack])
            ]
        }
        guard let age else {
            if survey.entries == 0, !isDue { return [] }
            let why = survey.entries == 0 ? "has no entry yet" : "has had no data for \(longest)"
            return [StatusReport.Problem(what: "\(name): \(why)", mend: ["\(cli) XREVRANGE '\(key)' + - COUNT 5"])]
        }
        guard age > patience else { return [] }
        return [
            StatusReport.Problem(
                what: "\(name): its newest data is \(age.short) old", mend: ["\(cli) XREVRANGE '\(key)' + - COUNT 5"])
        ]
    }

    /// The command that shows the newest entry.
    var look: String { "\(cli) XREVRANGE '\(key)' + - COUNT 1" }

    private var longestWindow: Duration { min(retain ?? window, window) }
    private var longest: String { longestWindow.short }

    /// The problem of a key that is not a stream.
    func problem(_ type: String) -> StatusReport.Problem {
        StatusReport.Problem(
            what: "\(name): the key \(key) should be a stream and is a \(type)",
            mend: ["\(cli) RENAME '\(key)' '\(key).\(type)'"])
    }
}
