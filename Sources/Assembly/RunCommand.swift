import Tape
import Workers

/// `cointape run CONFIG…`: runs the workers of these configs until told to stop.
package enum RunCommand {
    /// Returns when all workers have ended; throws `ConfigIssues` before it starts any.
    ///
    /// `report` is called with warnings about the configs.
    package static func run(
        _ paths: [String], environment: Environment, report: (String) -> Void
    ) async throws {
        let clock = try environment.clock()
        let configs = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: true)
        configs.warnings(in: environment.variables).forEach(report)
        let logs = try await ProcessLogs(configs, worker: "run")
        let metrics = ProcessMetrics.bootstrap()
        let process = WorkerProcess(
            clock: clock, redactor: configs.redactor, logs: logs.outputs, metrics: metrics.registry,
            hangups: logs.hangups)
        defer { process.shutdown() }
        let workers = configs.files.flatMap { $0.services(in: process).all }
        try await Launcher.run(
            logs.services + metrics.servers(configs.files, logger: process.logger) + workers,
            logger: Launcher.quietLogger(logs.logger))
    }
}

/// `cointape check CONFIG…`: reports what is wrong with configs, or summarizes them.
package enum CheckCommand {
    /// One line per config, followed by lines about the cost of feeds; throws all mistakes together.
    package static func run(_ paths: [String], environment: Environment) throws -> [String] {
        let configs = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: false)
        return configs.files.map { file in
            let review = file.config.review(in: environment.variables)
            return (["\(file.path): ok: \(review.does)"] + review.notes).joined(separator: "\n  ")
        }
    }
}
