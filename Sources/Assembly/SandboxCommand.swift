import Basics
import Logging
import Logs
import Recordings
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

    /// Plays a recording until told to stop: at `speed` times the speed at which it was made, from its first minute on.
    ///
    /// When it listens, `print` gets the variables that send workers there, and let them live in the recorded time.
    package static func replay(
        _ folder: String, speed: Int, host: String, port: Int, environment: Environment,
        print: @escaping @Sendable (String) -> Void
    ) async throws {
        let recording: Recording
        do throws(InvalidText) {
            recording = try Recording(folder: folder)
        } catch {
            throw CommandError(.option, error.description)
        }
        let origin = Timestamp.machineTime
        let clockText =
            environment["COINTAPE_CLOCK"]
            ?? "\(recording.minutes.lowerBound.milliseconds)@\(origin.milliseconds)x\(speed)"
        let clock = try environment.adding(["COINTAPE_CLOCK": clockText]).clock()
        let logger = Launcher.quietLogger(Logger(worker: "sandbox", settings: nil, redactor: Redactor()))
        let server = SandboxServer(
            playing: Replay(recording, now: { clock.now }), host: host, port: port, logger: logger
        ) { port in
            let url = SandboxServer.url(host: host, port: port)
            print(
                "The sandbox plays \(recording.calls.count) calls from \(recording.minutes.lowerBound) to \(recording.minutes.upperBound) on \(url). To send the workers there:"
            )
            let variables = recording.environment(base: url).merging(["COINTAPE_CLOCK": clockText]) { $1 }
            for (name, value) in variables.sorted(by: { $0.key < $1.key }) {
                print("export \(name)=\(ShellWord.quoted(value))")
            }
            for name in recording.ambiguous {
                print("# \(name) was the address of several hosts, and leads to the last one of them.")
            }
            for source in recording.unmovable {
                print(
                    "# \(ShownText.line(source)) is not sent there: its URL has no variable, as in ${PROVIDER_URL:-https://…}/path."
                )
            }
        }
        try await Launcher.run([server], logger: logger)
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
