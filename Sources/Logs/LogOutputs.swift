package import Logging
package import POSIX
import Synchronization

/// The outputs of a process's log: standard error, and the files in its configs, each opened once.
package final class LogOutputs: Sendable {
    private let files = Mutex<[String: LogFile]>([:])
    private let console: Console

    /// Has no files yet; the console is standard error.
    package convenience init() {
        self.init(console: .standardError)
    }

    init(console: Console) {
        self.console = console
    }

    /// Opens the handler's file, if it has one that is not open yet.
    ///
    /// A handler whose file was never opened writes nothing.
    package func open(_ handler: LogHandlerSettings) throws(SystemError) {
        guard case .file(let path) = handler.destination, files.withLock({ $0[path] }) == nil else { return }
        let file = try LogFile(path: path)
        files.withLock { $0[path] = file }
    }

    /// Whether at least one file is open, so that SIGHUP is needed.
    package var hasFiles: Bool { files.withLock { !$0.isEmpty } }

    /// Reopens all files after a rotation.
    ///
    /// A file that cannot be opened stays in use as it is, and the logger reports it.
    package func reopen(loggingFailures logger: Logger) {
        for file in files.withLock({ $0.values.sorted { $0.name < $1.name } }) {
            do throws(SystemError) {
                try file.reopen()
            } catch {
                logger.error(.logNotReopened, metadata: [LogKey.path: "\(file.name)", LogKey.error: "\(error)"])
            }
        }
    }

    /// The logger of a worker, with the settings of its config.
    package func logger(_ worker: String, _ settings: LoggingSettings, redactor: Redactor) -> Logger {
        let outputs = settings.handlers.compactMap { handler -> LineLogHandler.Output? in
            sink(handler.destination).map { .init(sink: $0, format: handler.format, level: handler.level) }
        }
        return logger(worker, outputs, settings, redactor)
    }

    /// A logger that only writes to the console, in the console's format from the settings.
    package func consoleLogger(_ worker: String, _ settings: LoggingSettings, redactor: Redactor) -> Logger {
        logger(worker, [], settings, redactor)
    }

    private func logger(
        _ worker: String, _ outputs: [LineLogHandler.Output], _ settings: LoggingSettings, _ redactor: Redactor
    ) -> Logger {
        let format = settings.handlers.first { $0.destination == .console }?.format ?? .text
        let fallback = LineLogHandler.Output(sink: console, format: format, level: settings.level)
        let handler = LineLogHandler(
            worker: worker, outputs: outputs.isEmpty ? [fallback] : outputs, console: fallback, redactor: redactor,
            logLevel: settings.level)
        return Logger(label: worker) { _ in handler }
    }

    private func sink(_ destination: LogHandlerSettings.Destination) -> (any LogSink)? {
        switch destination {
        case .console: console
        case .file(let path): files.withLock { $0[path] }
        }
    }
}

extension Logger {
    /// A logger that only writes to the console; without settings, as text from `info` on.
    package init(worker: String, settings: LoggingSettings?, redactor: Redactor) {
        self = LogOutputs().consoleLogger(worker, settings ?? LoggingSettings(), redactor: redactor)
    }
}
