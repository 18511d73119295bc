import Archive
import Basics
import Redis
import Tape
import Workers

/// Summarizes an archive from its worker's entries.
enum ArchiveSurvey {
    /// Figures per day are computed from this many hours.
    private static let hoursOfADay = 24

    /// `stream` is the report on the stream of hours; throws `RedisError` and `StreamSurvey.WrongType`.
    static func report(
        _ config: ArchiveConfig, _ stream: StatusReport.Stream?, redis: RedisClient, clock: TapeClock
    ) async throws -> StatusReport.Archive {
        func reader(_ name: String) -> StreamReader {
            StreamReader(key: config.worker.redis.keys.stream(name), redis: redis, clock: clock)
        }
        let (hours, days) = (reader(config.stream), reader(config.days))
        let (surveyed, folded) = (try await hours.survey(), try await days.survey())
        let newest = try await hours.newest(hoursOfADay, to: StreamID(Minute(containing: clock.now)))
        let last = newest.first?.minute
        return StatusReport.Archive(
            name: config.worker.name, stores: config.stores.map(\.description),
            newestHour: last.map { "\($0)" },
            lag: last.map { (clock.now - $0.advanced(byMinutes: 60).start) / .seconds(1) },
            hours: surveyed.entries, days: folded.entries,
            bytesPerDay: bytesPerDay(try await days.newest(1).first, newest),
            missingHours: missing(surveyed) + (stream?.gaps.values.reduce(0, +) ?? 0),
            missingMinutes: newest.reduce(0) { $0 + (number("missing", $1) ?? 0) },
            look: "\(redis.server.cli) XREVRANGE '\(days.key)' + - COUNT 1")
    }

    /// The size of the last day; without any day yet, estimated from the hours.
    static func bytesPerDay(_ day: TapeEntry?, _ hours: [TapeEntry]) -> Int? {
        if let bytes = day.flatMap({ number("bytes", $0) }) { return bytes }
        let sizes = hours.compactMap { number("bytes", $0) }
        return sizes.isEmpty ? nil : sizes.reduce(0, +) / sizes.count * hoursOfADay
    }

    /// The number of hours between the oldest and the newest entry that have no entry.
    static func missing(_ survey: StreamSurvey) -> Int {
        guard let first = survey.oldest?.minute, let last = survey.newest?.minute else { return 0 }
        return max(0, Int((last.milliseconds - first.milliseconds) / 3_600_000) + 1 - survey.entries)
    }

    /// Limits the range, because anybody who can write to the stream can write anything there.
    private static func number(_ field: String, _ entry: TapeEntry) -> Int? {
        entry.text(field).flatMap { Int($0) }.flatMap { (0..<1 << 40).contains($0) ? $0 : nil }
    }
}
