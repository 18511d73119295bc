import Basics
import Logging
import Logs
import Sandbox
import ServiceLifecycle
import Tape

/// `cointape sandbox`: runs the providers until told to stop.
package enum SandboxCommand {
    /// When it listens, `print` gets the variables that point workers at it; throws if a fault does not exist.
    package static func run(
        host: String, port: Int, assets: Int, key: String, faults: [String], environment: Environment,
        print: @escaping @Sendable (String) -> Void
    ) async throws {
        let clock = try environment.clock()
        let logger = Logger(worker: "sandbox", settings: nil, redactor: Redactor())
        let settings = SandboxSettings(
            assets: assets, ranked: min(3_400, assets), key: key, faults: try FaultPlan(faults))
        let server = SandboxServer(
            settings: settings, host: host, port: port, now: { clock.now }, logger: Launcher.quietLogger(logger)
        ) { port in
            let variables = SandboxServer.environment(host: host, port: port, key: key)
            print("The sandbox answers on \(variables["COINBASE_URL"] ?? host). To send the workers there:")
            for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
                print("export \(name)=\(value)")
            }
        }
        try await Launcher.run([server], logger: Launcher.quietLogger(logger))
    }

    /// All faults, one per line.
    package static var faultNames: String { FaultPlan.names }

    /// What is wrong with the value of `--host`; nil if it is valid.
    package static func fault(ofHost host: String) -> String? {
        HostName.fault(of: host).map { "\($0); it should be 127.0.0.1, 0.0.0.0, :: or a name of this machine" }
    }

    /// Throws if a value of `--fault` is invalid.
    package static func check(faults: [String]) throws { _ = try FaultPlan(faults) }
}
