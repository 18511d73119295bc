import ArgumentParser
import Assembly

struct Record: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Keep the providers' real answers in a folder, for `sandbox --replay`; exit 0 if all gave rows, 1 if not.",
        discussion: """
            Publishes nothing, and keeps to the budgets. Keys and tokens are not kept: *** stands for them. A recording that is \
            in the folder is continued. Read it before you give it away: a provider's terms may forbid that.
            """)

    @Argument(help: "The folder, which is made if there is none.", completion: .directory)
    var folder: String

    @Argument(help: "Config files. (default: all of ${CONFIG_DIR:-config})", completion: .file(extensions: ["json"]))
    var configs: [String] = []

    @Option(help: "How many minutes to record, with each feed in its own rhythm.")
    var minutes = 1

    func validate() throws {
        guard (1...100_000).contains(minutes) else { throw ValidationError("--minutes should be from 1 to 100000") }
    }

    func run() async throws {
        try await CommandExit.withExitCodes {
            let isWell = try await RecordCommand.run(
                folder, configs, minutes: minutes, environment: Environment(), print: CommandExit.show)
            if !isWell { throw ExitCode(1) }
        }
    }
}
