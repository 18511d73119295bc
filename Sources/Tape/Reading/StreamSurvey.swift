package import Basics
package import Redis

/// What a stream is like from outside.
package struct StreamSurvey: Equatable, Sendable {
    /// How many there are now (`XLEN`).
    package let entries: Int
    /// Returns nil if the stream is empty or missing; so does `newest`.
    package let oldest: StreamID?
    package let newest: StreamID?
    /// Of the highest entry that there ever was: what comes must be above it.
    package let lastID: StreamID?

    package init(entries: Int, oldest: StreamID?, newest: StreamID?, lastID: StreamID? = nil) {
        self.lastID = lastID ?? newest
        self.entries = entries
        self.oldest = oldest
        self.newest = newest
    }

    /// A key that should be a stream, and is of another type.
    package struct WrongType: Error, Equatable, Sendable {
        /// As `TYPE` names it.
        package let type: String
    }
}

/// One entry of a stream of minutes: its minute, and why it has no rows, if it has none.
package struct SettledMinute: Equatable, Sendable {
    package let id: StreamID
    /// A gap's code.
    package let gap: String?

    package init(id: StreamID, gap: String?) {
        self.id = id
        self.gap = gap
    }
}

extension StreamReader {
    /// Throws `RedisError` and `StreamSurvey.WrongType`.
    package func survey() async throws -> StreamSurvey {
        guard let parts = try await redis.evaluate(Self.surveyScript, keys: [key], arguments: []).array else {
            throw unexpected("survey.lua")
        }
        let texts = parts.map { $0.text ?? "" }
        if parts.count == 1 { throw StreamSurvey.WrongType(type: texts[0]) }
        guard parts.count == 5, let entries = parts[1].integer else { throw unexpected("survey.lua") }
        return StreamSurvey(
            entries: Int(entries), oldest: StreamID(texts[2]), newest: StreamID(texts[3]),
            lastID: StreamID(texts[4]))
    }

    /// What a next entry must be above.
    ///
    /// That is the newest entry's id, unless an entry was taken out: `thorough` looks for that, and costs more.
    package func topID(thorough: Bool) async throws -> StreamID? {
        thorough ? try await survey().lastID : try await newestID()
    }

    /// The newest entry that does not lie in the future, however old.
    package func newestGood() async throws(RedisError) -> StreamID? {
        let below = FutureEntryAlarm.highest(clock.now)
        let reply = try await redis.evaluate(Self.minutesScript, keys: [key], arguments: ["\(below)", 1])
        return reply.array?.first?.text.flatMap { StreamID($0) }
    }

    /// The settled minutes from `first` on, the newest first.
    ///
    /// In small steps: entries may be large, and Redis stands still while it looks through them.
    package func settledMinutes(from first: Minute) async throws(RedisError) -> [SettledMinute] {
        var minutes: [SettledMinute] = []
        var below = "+"
        while true {
            let reply = try await redis.evaluate(Self.minutesScript, keys: [key], arguments: [below, Self.step])
            guard let flat = reply.array else { throw unexpected("minutes.lua") }
            for index in stride(from: 0, to: flat.count - 1, by: 2) {
                guard let id = flat[index].text.flatMap({ StreamID($0) }), let gap = flat[index + 1].text else {
                    throw unexpected("minutes.lua")
                }
                guard id.minute >= first else { return minutes }
                minutes.append(SettledMinute(id: id, gap: gap.isEmpty ? nil : gap))
                below = "\(id)"
            }
            if flat.count < 2 * Self.step { return minutes }
        }
    }

    private static let step = 10
    private static let surveyScript = RedisScript(name: "survey", source: PackageResources.survey_lua)
    private static let minutesScript = RedisScript(name: "minutes", source: PackageResources.minutes_lua)
}
