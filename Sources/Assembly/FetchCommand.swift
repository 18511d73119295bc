import Basics
import Fetching
import JSON
import Logs
import Tape
import Workers

/// `cointape fetch CONFIG`: settles the current minute once, or shows what would be published.
package enum FetchCommand {
    /// The result for the minute, in words; a gap makes the exit code 1.
    package enum Result: Sendable {
        case rows(String, warnings: [String] = [])
        case gap(String)
    }

    /// With `dryRun` nothing is written and no lease is taken; `print` gets one row per line.
    package static func run(
        _ path: String, dryRun: Bool, environment: Environment, print: (String) -> Void
    ) async throws -> Result {
        let clock = try environment.clock()
        let configs = try ConfigFiles.load([path], environment: environment.variables, requiringNeeds: true)
        guard let config = configs.files.first?.config as? FetchConfig else {
            throw CommandError(.configuration, "\(path) is not the config of a fetch worker")
        }
        // A dry run leaves no trace, not even in the logs.
        let logs = dryRun ? LogOutputs() : try configs.openLogs()
        let process = WorkerProcess(clock: clock, redactor: configs.redactor, logs: logs)
        defer { process.shutdown() }
        if dryRun {
            do {
                let preview = try await config.fetcher(in: process).preview(deadline: clock.now + Schedule.deadline)
                try FlatRows.lines(of: preview.rows).forEach(print)
                return .rows(preview.summary, warnings: preview.warnings)
            } catch let gap as Gap {
                return .gap("\(gap.code): \(gap.detail)")
            }
        }
        let worker = config.fetchWorker(
            in: process, as: WorkerIdentity(name: config.worker.name, kind: FetchConfig.kind.name))
        let (minute, outcome) = try await worker.settleCurrentMinute()
        switch outcome {
        case .published, .closed:
            let entry = try await worker.entry(at: minute)
            if let gap = entry?.gap { return .gap("\(minute) is a gap: \(gap.code): \(gap.detail)") }
            guard let count = entry?.text("count") else { return .gap("\(minute) is closed and has no entry") }
            return .rows("\(minute): \(count) rows in \(config.stream)")
        case .leasedElsewhere: return .gap("\(minute): another worker was still at it")
        case .refused(let reason): return .gap("\(minute) was refused: \(reason.rawValue)")
        }
    }
}
