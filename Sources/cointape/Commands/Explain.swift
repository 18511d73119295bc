import ArgumentParser
import Assembly

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which entries made a minute's list, what became of their rows, and why a coin is in it or not.",
        discussion:
            "Only reads. It sees what Redis still has: feeds keep two hours, if their configs do not say otherwise.")

    @Argument(help: "The minute: 2026-11-21T09:01Z, or 2m for two minutes ago.")
    var minute: String

    @Argument(help: "Config files. (default: all of ${CONFIG_DIR:-config})", completion: .file(extensions: ["json"]))
    var configs: [String] = []

    @Option(help: "A coin, by its key or its label: 1027, or ETH.")
    var coin: String?

    func run() async throws {
        try await CommandExit.withExitCodes {
            let lines = try await ExplainCommand.run(minute, coin: coin, configs, environment: Environment())
            lines.forEach(CommandExit.show)
        }
    }
}
