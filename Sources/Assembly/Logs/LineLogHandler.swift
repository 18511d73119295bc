import Basics
import Logging
import Tape

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes one line an event to standard error: text for people, or a JSON object.
///
/// Secrets are masked and control characters escaped here, at the one place through which all lines go.
struct LineLogHandler: LogHandler {
    let worker: String
    let format: LoggingSettings.Format
    let redactor: Redactor
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
            .map { ($0.key, redactor("\($0.value)")) }
        let line = format == .text ? text(event, all) : json(event, all)
        // One write a line: lines of several threads and processes do not mix.
        let bytes = Array((line + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private func text(_ event: LogEvent, _ fields: [(String, String)]) -> String {
        let pairs = fields.map { " \($0)=\(Self.escaped($1))" }.joined()
        return "\(TapeClock.machineTime.rfc3339) \(event.level) \(worker) \(redactor("\(event.message)"))\(pairs)"
    }

    private func json(_ event: LogEvent, _ fields: [(String, String)]) -> String {
        let head = [
            ("time", TapeClock.machineTime.rfc3339), ("level", "\(event.level)"), (LogKey.worker, worker),
            ("event", redactor("\(event.message)")),
        ]
        let members = (head + fields).map { "\(JSONString.quoted($0)):\(JSONString.quoted($1))" }
        return "{\(members.joined(separator: ","))}"
    }

    /// In quotes where spaces or control characters would blur the line.
    private static func escaped(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "\"" }
        return isPlain && !text.isEmpty ? text : JSONString.quoted(text)
    }
}

extension Logger {
    /// The logger of a worker, as its config wants it.
    init(worker: String, settings: LoggingSettings?, redactor: Redactor) {
        self.init(label: worker) { _ in
            LineLogHandler(
                worker: worker, format: settings?.format ?? .text, redactor: redactor,
                logLevel: settings?.level ?? .info)
        }
    }
}
