import ServiceLifecycle
import Tape

/// `cointape run CONFIG…`: the workers of these configs, until told to stop.
package enum RunCommand {
    package static func run(
        _ paths: [String], environment: Environment, tell: (String) -> Void
    ) async throws {
        let clock = try environment.clock()
        let configs = try ConfigFiles.load(paths, environment: environment.variables, requiringNeeds: true)
        configs.costWarnings(in: environment.variables).forEach(tell)
        let logs = try await ProcessLogs(configs, worker: "run")
        let metrics = Metrics.bootstrap()
        let runtime = Runtime(
            clock: clock, redactor: configs.redactor, logs: logs.outputs, metrics: metrics.registry)
        defer { runtime.shutdown() }
        let services =
            logs.services + metrics.servers(configs.files, logger: runtime.logger)
            + configs.files.flatMap { runtime.services($0) }
        try await Launcher.run(services, logger: Launcher.quietLogger(logs.logger))
    }
}
