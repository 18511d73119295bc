import ArgumentParser
import Assembly

struct ACL: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acl",
        abstract: "Print the redis-cli commands that give each worker a Redis user with least rights.",
        discussion: """
            Each user is named after its worker, cointape-<name>. The commands set rights and no password, and can be run again \
            after a config has changed. Nothing is connected to.
            """)

    @Argument(help: "Config files.", completion: .file(extensions: ["json"]))
    var configs: [String]

    func run() async throws {
        try await CommandExit.withExitCodes {
            try ACLCommand.run(configs, environment: Environment()).forEach(CommandExit.show)
        }
    }
}
