package import Logging
import Synchronization

/// What is logged.
package final class Said: Sendable {
    package struct Line: Sendable {
        package let level: Logger.Level
        package let event: String
        package let metadata: Logger.Metadata
    }

    private let lines = Mutex<[Line]>([])

    package init() {}

    package var all: [Line] { lines.withLock(\.self) }

    /// The events, those for who debugs left out.
    package var told: [String] { all.filter { $0.level > .debug }.map(\.event) }

    package var logger: Logger { Logger(label: "test") { _ in Handler(said: self) } }

    private struct Handler: LogHandler {
        let said: Said
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            said.lines.withLock {
                $0.append(Line(level: event.level, event: "\(event.message)", metadata: event.metadata ?? [:]))
            }
        }
    }
}
