import Config
import Foundation
import JQ
import NIOCore
import RedisServer
import Tape

/// What ends a command, in words for its user.
package enum StartProblem {
    /// Whether it is the configuration that must be mended.
    package static func isConfiguration(_ error: any Error) -> Bool {
        error is ConfigIssues || error is StartFailure
    }

    package static func describe(_ error: any Error) -> String {
        error is ConfigIssues ? "\(error)" : "cointape: \(error)"
    }
}

/// The guardian of `up`'s Redis, as a command.
package enum GuardCommand {
    package static func run(_ command: [String], log: String) -> Int32 {
        RedisGuardian.run(command, log: log)
    }
}

/// The process of filters, as a command: workers start their own program with it.
package enum FilterCommand {
    package static let name = "run-filters"

    package static func run(memory: Int) -> Int32 {
        JQService.run(memory: memory)
    }
}

extension JQCommand {
    static var ofThisProgram: JQCommand {
        // On Linux the very file that runs, even when another has taken its place since.
        let own = "/proc/self/exe"
        let program = access(own, X_OK) == 0 ? own : Bundle.main.executablePath ?? CommandLine.arguments[0]
        return JQCommand(program: program, arguments: ["cointape", FilterCommand.name])
    }
}

/// The version that `--version` prints.
package var version: String { Version.current }

extension Environment {
    /// The ports that `up` can take for the api, with the next one for its Redis.
    package static let upPorts = 1...65_534

    /// The api's port: `PORT`, or 6667.
    package func upPort() throws -> Int {
        guard let text = self["PORT"] else { return 6667 }
        guard let port = Int(text), Self.upPorts.contains(port) else {
            throw StartFailure("PORT should be a number from 1 to 65534, not \(text)")
        }
        return port
    }
}
