import Logging
import Synchronization

/// What a worker logs.
final class Said: Sendable {
    private let lines = Mutex<[(level: Logger.Level, event: String)]>([])

    /// The events, those for who debugs left out.
    var told: [String] { lines.withLock { $0.filter { $0.level > .debug }.map(\.event) } }

    var all: [String] { lines.withLock { $0.map(\.event) } }

    var logger: Logger { Logger(label: "test") { _ in Handler(said: self) } }

    private struct Handler: LogHandler {
        let said: Said
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            said.lines.withLock { $0.append((event.level, "\(event.message)")) }
        }
    }
}
