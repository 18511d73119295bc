import ArgumentParser
import Assembly
import Foundation

/// The `cointape` command.
@main
struct Cointape: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cointape",
        abstract: "Coin prices, ranks and rates on a tape: fetched every minute, joined, kept, served.",
        version: Assembly.version,
        subcommands: [
            Up.self, Run.self, Check.self, Doctor.self, Fetch.self, Status.self, Explain.self, ACL.self, Record.self,
            Sandbox.self,
            Orders.self, Archive.self,
            GuardRedis.self, RunFilters.self,
        ])

    /// Runs on the main thread, which the commands of helper processes block until they end.
    @MainActor static func main() async {
        CommandExit.prepare()
        EventLoops.useOne(ProcessInfo.processInfo.environment)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            CommandExit.exit(with: error, of: Self.self)
        }
    }
}
