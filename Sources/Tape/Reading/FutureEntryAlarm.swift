package import Basics
package import Logging
import Logs
import Redis

/// Logs once that a stream's newest entry is in the future, and once when it no longer is.
///
/// No worker writes such an entry; if a person or another program does, it hides all entries before its time.
package struct FutureEntryAlarm {
    private let stream: String
    private let cli: @Sendable () -> String
    private let logger: Logger
    private var told: StreamID?

    /// How far ahead of Redis' clock `publish.lua` allows a minute.
    private static let tolerance: Duration = .seconds(5)

    /// `stream` is the key with its prefix, and `cli` the redis-cli command that connects to its Redis when there is an alarm: the
    /// logged remedy has both.
    package init(stream: String, cli: @autoclosure @escaping @Sendable () -> String, logger: Logger) {
        self.stream = stream
        self.cli = cli
        self.logger = logger
    }

    /// Whether the id is more than 5 s after `now`, which is how far ahead `publish.lua` allows a minute.
    package static func isAhead(_ id: StreamID, now: Timestamp) -> Bool {
        id > highest(now)
    }

    /// The highest id that is not in the future.
    package static func highest(_ now: Timestamp) -> StreamID {
        StreamID(milliseconds: UInt64(max(0, (now + tolerance).milliseconds)), sequence: .max)
    }

    /// Whether the last check found the stream ahead.
    package var isAhead: Bool { told != nil }

    /// Whether the newest entry is in the future; `newest` is nil if the stream is empty.
    package mutating func check(_ newest: StreamID?, now: Timestamp) -> Bool {
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
                    LogKey.remedy: "\(remedy(newest))",
                ])
        }
        told = newest
        return true
    }

    /// The redis-cli commands that remove such an entry: XADD accepts nothing below the last id that ever existed.
    private func remedy(_ ahead: StreamID) -> String {
        "\(cli()) XDEL '\(stream)' \(ahead), and when no entry of the future is left: "
            + "\(cli()) XSETID '\(stream)' <the newest entry's id>"
    }
}

extension StreamReader {
    /// Watches this stream.
    package func alarm(_ logger: Logger) -> FutureEntryAlarm {
        FutureEntryAlarm(stream: key, cli: redis.server.cli, logger: logger)
    }
}
