import ArgumentParser
import Assembly

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the workers of these configs, in one process.",
        discussion: "Start as many as you like, anywhere: replicas share the work by themselves.")

    @Argument(help: "Config files.", completion: .file(extensions: ["json"]))
    var configs: [String]

    func run() async throws {
        try await CommandExit.withExitCodes(isService: true) {
            try await RunCommand.run(configs, environment: Environment(), report: CommandExit.printToStderr)
        }
    }
}
