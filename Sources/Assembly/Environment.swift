import Basics
import Foundation
import Tape
import Workers

/// The environment variables of the process.
package struct Environment: Sendable {
    /// All variables, including empty ones, which the subscript treats as missing.
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

    /// The ports that `up` accepts for the api; its Redis uses the next port.
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

/// The version that `--version` prints.
package var version: String { Version.current }
