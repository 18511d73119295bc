import JQ
import RedisServer

/// The guardian of `up`'s Redis as a command; blocks its thread.
package enum GuardCommand {
    /// Returns the exit code: 0 if the guardian ended Redis, 1 if Redis ended by itself or could not be started.
    package static func run(_ command: [String], log: String) -> Int32 {
        RedisGuardian.run(command, log: log)
    }
}

/// The process that runs filters, as a command that workers start from their own executable; blocks its thread.
package enum FilterCommand {
    /// The name of the subcommand, which is hidden from help.
    package static let name = JQService.command

    /// Returns the exit code once the worker has closed the connection; `memory` is in bytes.
    package static func run(memory: Int) -> Int32 {
        JQService.run(memory: memory)
    }
}
