import ArgumentParser
import Assembly

struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show whether what the workers need is there: keys, plans, clocks, Redis, disks; exit 1 if not.",
        discussion: """
            Each line begins with ok, unknown, warning or wrong; what mends it follows. Providers are only asked what costs \
            nothing. Writes one key that expires to each Redis (probe:status), to see whether writing works, and nothing else.
            """)

    @Argument(help: "Config files. (default: all of ${CONFIG_DIR:-config})", completion: .file(extensions: ["json"]))
    var configs: [String] = []

    func run() async throws {
        try await CommandExit.withExitCodes {
            let isWell = try await DoctorCommand(configs, environment: Environment()).run(print: CommandExit.show)
            if !isWell { throw ExitCode(1) }
        }
    }
}
