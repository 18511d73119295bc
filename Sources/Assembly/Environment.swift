import Basics
import Foundation
import Tape

/// What a process is told by its environment.
package struct Environment: Sendable {
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
    func clock() throws(StartFailure) -> TapeClock {
        guard let text = self["COINTAPE_CLOCK"] else { return TapeClock() }
        guard let scale = ClockScale(text, now: Timestamp.machineTime) else {
            throw StartFailure("COINTAPE_CLOCK should be <start ms>[@<origin ms>]x<speed from 1 to 1000>, not \(text)")
        }
        return TapeClock(scale: scale)
    }
}

/// Why a command cannot start, in words for its user.
package struct StartFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
