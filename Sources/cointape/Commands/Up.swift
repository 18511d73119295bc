import ArgumentParser
import Assembly

struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run all workers of config/ in one process, on a Redis of their own.",
        discussion: """
            Without REDIS_URL a redis-server is started on 127.0.0.1, on the port after the api's, and ended with this \
            process. Without API keys the providers are played by a sandbox, in a data folder of its own.
            """)

    @Option(help: "The folder for Redis' data.")
    var data = "data"

    @Option(help: "The api's port; Redis takes the next one. By default PORT, or 6667.")
    var port: Int?

    @Flag(help: "Play the providers even if there are keys for the real ones.")
    var sandbox = false

    @Option(name: .customLong("fault"), help: "What goes wrong in the sandbox, as for `cointape sandbox`.")
    var faults: [String] = []

    mutating func validate() throws {
        if let port, !(1...65_534).contains(port) { throw ValidationError("--port should be from 1 to 65534") }
        try validate(faults: faults)
    }

    func run() async throws {
        let environment = Environment()
        try await CommandExit.withExitCodes(isService: true) {
            let options = UpCommand.Options(
                data: data, port: try port ?? environment.upPort(), sandbox: sandbox, faults: faults,
                guardianCommand: [try Executable.path(), GuardRedis.configuration.commandName ?? ""])
            try await UpCommand(options, environment: environment, print: CommandExit.show).run()
        }
    }
}

/// The hidden command that `up` starts to end its Redis.
struct GuardRedis: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "guard-redis", shouldDisplay: false)

    @Argument var log: String
    @Argument(parsing: .captureForPassthrough) var command: [String] = []

    func run() throws {
        throw ExitCode(GuardCommand.run(command, log: log))
    }
}
