import Basics
import Logging

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Writes each event as one line to every output that accepts its level.
///
/// All lines pass through here, so this is where secrets are masked and characters are escaped.
struct LineLogHandler: LogHandler {
    struct Output: Sendable {
        let sink: any LogSink
        let format: LogFormat
        let level: Logger.Level
    }

    let worker: String
    let outputs: [Output]
    /// Where failures of outputs are reported.
    let console: Output
    let redactor: Redactor
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]

    init(worker: String, outputs: [Output], console: Output, redactor: Redactor, logLevel: Logger.Level) {
        self.worker = worker
        self.outputs = outputs
        self.console = console
        self.redactor = redactor
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error, all[LogKey.error] == nil { all[LogKey.error] = "\(error)" }
        let line = line(event.level, "\(event.message)", all)
        for output in outputs where event.level >= output.level {
            guard let change = output.sink.append(output.format.render(line)) else { continue }
            logChange(change, of: output.sink)
        }
    }

    /// Reports once when lines begin to be lost, and once when they arrive again.
    private func logChange(_ change: SinkHealth.Change, of sink: any LogSink) {
        let report: LogLine
        switch change {
        case .failed(let error):
            let reason = String(cString: strerror(error))
            report = line(
                .error, "\(Logger.Message.logLost)", [LogKey.path: "\(sink.name)", LogKey.error: "\(reason)"])
        case .works(let lost):
            report = line(.notice, "\(Logger.Message.logBack)", [LogKey.path: "\(sink.name)", LogKey.lost: "\(lost)"])
        }
        _ = console.sink.append(console.format.render(report))
    }

    private func line(_ level: Logger.Level, _ message: String, _ metadata: Logger.Metadata) -> LogLine {
        LogLine(
            time: .machineTime, level: level, worker: worker, message: message, metadata: metadata,
            redactor: redactor)
    }
}
