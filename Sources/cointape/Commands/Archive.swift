import ArgumentParser
import Assembly

struct Archive: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Verify, export or copy the archive of lists.",
        subcommands: [AdoptBlocks.self, VerifyArchive.self, ExportArchive.self, PullBlocks.self])
}

struct ArchiveConfigFile: ParsableArguments {
    @Argument(
        help: "The config of the archive worker. (default: ${CONFIG_DIR:-config}/archive.json)",
        completion: .file(extensions: ["json"]))
    var config: String?
}

struct AdoptBlocks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Publish entries for the blocks that there are, into a Redis that has none.",
        discussion: """
            For a Redis that was lost: the stores have the lists. An archive worker does the same when it starts. Entries \
            are published for blocks that are newer than the streams; nothing else is changed.
            """)

    @OptionGroup var place: ArchiveConfigFile

    func run() async throws {
        try await CommandExit.withExitCodes {
            let isWell = try await AdoptBlocksCommand.run(
                config: place.config, environment: Environment(), print: CommandExit.show)
            if !isWell { throw ExitCode(1) }
        }
    }
}

struct VerifyArchive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Look through all stores: print ok and exit 0, or the errors and exit 1.",
        discussion: """
            Each hour since the oldest is there, or named as a hole; each block is the one that its entry in Redis tells \
            of; stores agree with each other. Only reads: archive workers may run meanwhile.
            """)

    @Flag(help: "Decode every list, and compare its digest too.")
    var deep = false

    @OptionGroup var place: ArchiveConfigFile

    func run() async throws {
        try await CommandExit.withExitCodes {
            let isWell = try await VerifyArchiveCommand.run(
                config: place.config, isDeep: deep, environment: Environment(), print: CommandExit.show)
            if !isWell { throw ExitCode(1) }
        }
    }
}

struct ExportArchive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Print the lists of a range of minutes, oldest first, as CSV or NDJSON.",
        discussion: """
            Each row has its minute in front, and all columns of the lists. A minute without a list is a row with the \
            minute and, in the last column, why. Times are written as for the api's datetime: 2026-11-21, \
            2026-11-21T09:01Z, -15m, -7d, now.
            """)

    // A value may begin with a dash, such as -7d.
    @Option(parsing: .unconditional, help: "The first minute. (default: a day before --to)")
    var from: String?

    @Option(parsing: .unconditional, help: "The minute behind the last. (default: now)")
    var to: String?

    @Option(help: "Only these coins: ids of CoinMarketCap, with a comma between two.")
    var coins: String?

    @Option(help: "What is printed: \(ExportCommand.formats.joined(separator: " or ")).")
    var format = "csv"

    @OptionGroup var place: ArchiveConfigFile

    private func command() throws -> ExportCommand {
        try validated { () throws(CommandError) in
            try ExportCommand(from: from, to: to, coins: coins, format: format)
        }
    }

    func validate() throws { _ = try command() }

    func run() async throws {
        let command = try command()
        try await CommandExit.withExitCodes {
            let isWhole = try await command.run(
                config: place.config, environment: Environment(), write: CommandExit.write,
                report: CommandExit.printToStderr)
            if !isWhole { throw ExitCode(1) }
        }
    }
}

struct PullBlocks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull", abstract: "Copy what the stores lack, or have damaged, from another archive.",
        discussion: """
            What is there and whole stays. Every block is decoded, and its digests are compared, before it is kept. It \
            can be ended at any time, and run again.
            """)

    @Argument(help: "The URL of another cointape's api, such as http://host:6667, or of a store, as in configs.")
    var source: String

    @OptionGroup var place: ArchiveConfigFile

    private func command() throws -> PullCommand {
        try validated { () throws(CommandError) in try PullCommand(source: source, environment: Environment()) }
    }

    func validate() throws { _ = try command() }

    func run() async throws {
        let command = try command()
        try await CommandExit.withExitCodes {
            let isWell = try await command.run(
                config: place.config, environment: Environment(), print: CommandExit.show)
            if !isWell { throw ExitCode(1) }
        }
    }
}
