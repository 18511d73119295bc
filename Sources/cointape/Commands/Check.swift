import ArgumentParser
import Assembly

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Report all errors in configs at once; exit 78 if there are any.")

    @Argument(help: "Config files.", completion: .file(extensions: ["json"]))
    var configs: [String] = []

    @Flag(help: "Print the reference of all fields instead, as Markdown.")
    var reference = false

    func validate() throws {
        if configs.isEmpty, !reference { throw ValidationError("name a config file, or ask for --reference") }
    }

    func run() async throws {
        try await CommandExit.withExitCodes {
            if reference { return CommandExit.show(WorkerKinds.reference) }
            try CheckCommand.run(configs, environment: Environment()).forEach(CommandExit.show)
        }
    }
}
