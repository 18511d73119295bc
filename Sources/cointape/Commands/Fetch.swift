import ArgumentParser
import Assembly

struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fetch once: settle the current minute; exit 0 for rows, 1 for a gap.")

    @Argument(help: "The config of a fetch worker.", completion: .file(extensions: ["json"]))
    var config: String

    @Flag(help: "Print the rows, a line each, and write nothing.")
    var dryRun = false

    func run() async throws {
        try await CommandExit.withExitCodes {
            let result = try await FetchCommand.run(
                config, dryRun: dryRun, environment: Environment(), print: CommandExit.show)
            switch result {
            case .rows(let summary, let warnings):
                CommandExit.printToStderr(summary)
                for warning in warnings { CommandExit.printToStderr("warning: \(warning)") }
            case .gap(let reason):
                CommandExit.printToStderr(reason)
                throw ExitCode(1)
            }
        }
    }
}

/// The hidden command that workers start to run their filters.
struct RunFilters: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: FilterCommand.name, shouldDisplay: false)

    @Argument var memory: Int

    func run() throws {
        throw ExitCode(FilterCommand.run(memory: memory))
    }
}
