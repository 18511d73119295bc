import Config
import Logging
import Logs
import ServiceLifecycle
import Tape

/// What a process of workers logs to, ready before the first of them is started.
struct ProcessLogs: Sendable {
    let outputs: LogOutputs
    /// Speaks for the process as a whole, as the first config wants it.
    let logger: Logger
    /// To be run before the workers, so that it ends behind them; empty when nothing can be rotated.
    let services: [any Service]

    init(_ configs: ConfigFiles, worker: String) async throws {
        Launcher.ignoreBrokenPipes()
        outputs = try configs.openLogs()
        let settings = configs.files.first?.config.settings.logging ?? LoggingSettings()
        logger = outputs.logger(worker, settings, redactor: configs.redactor)
        guard outputs.hasFiles else {
            services = []
            return
        }
        let console = outputs.consoleLogger(worker, settings, redactor: configs.redactor)
        services = [await LogRotation(outputs, logger: console)]
    }
}
