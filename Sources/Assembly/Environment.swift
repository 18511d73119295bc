import Basics
import Config
import Foundation
import JQ
import RedisServer
import Tape
import Workers

/// What a process is told by its environment.
package struct Environment: Sendable {
    /// All variables, also empty ones, which the subscript takes as missing.
    package let variables: [String: String]

    package init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
        self.variables = variables
    }

    subscript(name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    func adding(_ others: [String: String]) -> Environment {
        Environment(variables.merging(others) { $1 })
    }

    /// The clock that `COINTAPE_CLOCK` asks for, by default real time.
    func clock() throws(CommandError) -> TapeClock {
        guard let text = self["COINTAPE_CLOCK"] else { return TapeClock() }
        guard let scale = ClockScale(text, now: Timestamp.machineTime) else {
            throw CommandError(
                .configuration, "COINTAPE_CLOCK should be <start ms>[@<origin ms>]x<speed from 1 to 1000>, not \(text)")
        }
        return TapeClock(scale: scale)
    }

    /// The ports that `up` can take for the api, with the next one for its Redis.
    package static let upPorts = 1...65_534

    /// The api's port: `PORT`, or 6667.
    package func upPort() throws -> Int {
        guard let text = self["PORT"] else { return 6667 }
        guard let port = Int(text), Self.upPorts.contains(port) else {
            throw CommandError(.configuration, "PORT should be a number from 1 to 65534, not \(text)")
        }
        return port
    }
}

/// What ends a command, in words for its user.
package enum StartProblem {
    /// Whether it is the configuration that must be mended.
    package static func isConfiguration(_ error: any Error) -> Bool {
        error is ConfigIssues || (error as? CommandError)?.kind == .configuration
    }

    /// Issues of configs begin with their file; other errors get `cointape: ` in front.
    package static func describe(_ error: any Error) -> String {
        error is ConfigIssues ? "\(error)" : "cointape: \(error)"
    }
}

/// The version that `--version` prints.
package var version: String { Version.current }

/// The guardian of `up`'s Redis, as a command: blocks its thread.
package enum GuardCommand {
    /// Returns the exit code: 0 if the guardian has ended Redis, 1 if Redis ended by itself or could not be started.
    package static func run(_ command: [String], log: String) -> Int32 {
        RedisGuardian.run(command, log: log)
    }
}

/// The process of filters, as a command, with which workers start their own program: blocks its thread.
package enum FilterCommand {
    /// The name of the subcommand, which help does not show.
    package static let name = JQService.command

    /// Returns the exit code when the worker has ended the connection; `memory` is in bytes.
    package static func run(memory: Int) -> Int32 {
        JQService.run(memory: memory)
    }
}
