import JQ
import RedisServer

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
