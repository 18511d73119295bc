package import Basics
package import Logging
import Logs

/// Says once that a stream's newest entry lies in the future, and once that it does no more.
///
/// No worker writes such an entry; one that a person or another program has written hides all that comes before its time.
package struct FutureEntryAlarm {
    private let stream: String
    private let logger: Logger
    private var told: StreamID?

    /// As much as `publish.lua` lets a minute be ahead of Redis' clock.
    private static let tolerance: Duration = .seconds(5)

    /// `stream` is the key with its prefix: the remedy that is told names it for redis-cli.
    package init(stream: String, logger: Logger) {
        self.stream = stream
        self.logger = logger
    }

    /// Whether the id lies more than 5 s behind `now`, which is how far ahead `publish.lua` lets a minute be.
    package static func isAhead(_ id: StreamID, now: Timestamp) -> Bool {
        id > highest(now)
    }

    /// The highest id that does not lie in the future.
    package static func highest(_ now: Timestamp) -> StreamID {
        StreamID(milliseconds: UInt64(max(0, (now + tolerance).milliseconds)), sequence: .max)
    }

    /// Whether the stream was told to be ahead.
    package var isAhead: Bool { told != nil }

    /// Whether the newest entry lies in the future; nil is that there is none.
    package mutating func look(at newest: StreamID?, now: Timestamp) -> Bool {
        guard let newest, Self.isAhead(newest, now: now) else {
            if told != nil { logger.notice(.streamMended, metadata: [LogKey.stream: "\(stream)"]) }
            told = nil
            return false
        }
        if told != newest {
            logger.error(
                .streamAhead,
                metadata: [
                    LogKey.stream: "\(stream)", LogKey.entry: "\(newest)",
                    LogKey.remedy: "\(Self.remedy(stream, newest))",
                ])
        }
        told = newest
        return true
    }

    /// The lines for redis-cli that take such an entry out again: XADD takes nothing below the last id that was ever there.
    package static func remedy(_ stream: String, _ ahead: StreamID) -> String {
        "redis-cli XDEL '\(stream)' \(ahead), and when no entry of the future is left: "
            + "redis-cli XSETID '\(stream)' <the newest entry's id>"
    }
}
