package import Basics
package import Redis

/// A stream's size and ids, without its entries.
package struct StreamSurvey: Equatable, Sendable {
    /// The number of entries (`XLEN`).
    package let entries: Int
    /// nil if the stream is empty or missing; so is `newest`.
    package let oldest: StreamID?
    package let newest: StreamID?
    /// The highest id that ever existed, which new entries must exceed.
    package let lastID: StreamID?

    package init(entries: Int, oldest: StreamID?, newest: StreamID?, lastID: StreamID? = nil) {
        self.lastID = lastID ?? newest
        self.entries = entries
        self.oldest = oldest
        self.newest = newest
    }

    /// The key should be a stream, but has another type.
    package struct WrongType: Error, Equatable, Sendable {
        /// The type as named by `TYPE`.
        package let type: String
    }
}

/// An entry of a stream of minutes, without its rows.
package struct SettledMinute: Equatable, Sendable {
    package let id: StreamID
    /// The code of a gap; nil if it is not a gap.
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

    /// The id that the next entry must exceed.
    ///
    /// That is the newest entry's id, unless an entry was removed; `thorough` takes that into account, and costs more.
    package func topID(thorough: Bool) async throws -> StreamID? {
        thorough ? try await survey().lastID : try await newestID()
    }

    /// The newest entry that is not in the future, however old.
    package func newestGood() async throws(RedisError) -> StreamID? {
        let below = FutureEntryAlarm.highest(clock.now)
        let reply = try await redis.evaluate(Self.minutesScript, keys: [key], arguments: ["\(below)", 1])
        return reply.array?.first?.text.flatMap { StreamID($0) }
    }

    /// The settled minutes from `first` on, newest first.
    ///
    /// In small steps, because entries may be large, and Redis is blocked while it examines them.
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
