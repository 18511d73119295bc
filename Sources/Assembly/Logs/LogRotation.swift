import Logging
import Logs
import ServiceLifecycle
import UnixSignals

/// Opens the log files anew on SIGHUP, as logrotate asks for it.
struct LogRotation: Service {
    private let outputs: LogOutputs
    private let logger: Logger
    private let signals: UnixSignalsSequence

    /// Traps the signal from now on.
    init(_ outputs: LogOutputs, logger: Logger) async {
        self.outputs = outputs
        self.logger = logger
        signals = await UnixSignalsSequence(trapping: .sighup)
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in signals { outputs.reopen(tellingFailures: logger) }
        }
    }
}
