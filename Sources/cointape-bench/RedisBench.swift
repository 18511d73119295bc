import ArgumentParser
import HTTPServer
import Logging
import NIOCore
import NIOPosix
import Redis

/// One connection under the load of many tasks, each of which sends its next command after the reply to the previous one.
struct RedisBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redis", abstract: "Send a command again and again over one connection; commands a second.")

    @Option(help: "The Redis.") var url = "redis://127.0.0.1:6379"
    @Option(help: "A file with the authorities that are trusted, for rediss://.") var ca: String?
    @Option(help: "How many tasks share the connection.") var tasks = 64
    @Option(help: "How many commands they send in all.") var calls = 100_000
    @Option(help: "The bytes that every reply must have.") var size: Int?
    @Flag(help: "Run the tasks on the connection's event loop, as an api's requests are.") var onLoop = false
    @Argument(help: "The command and its arguments.") var command: [String]

    func run() async throws {
        guard let name = command.first, tasks > 0 else { throw ValidationError("there is no command, or no task") }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var endpoint = try RedisEndpoint(parsing: url)
        if endpoint.tls != nil { endpoint.tls = RedisTLS(authorities: ca) }
        let client = RedisClient(endpoint, group: group, logger: Logger(label: "bench"))
        let command = RedisCommand(name, arguments: command.dropFirst().map { $0 as any RedisArgument })
        _ = try await client.send(command)
        let executor = onLoop ? LoopExecutor(group.next()) : nil
        let share = max(1, calls / tasks)
        let began = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<self.tasks {
                tasks.addTask(executorPreference: executor) {
                    for _ in 0..<share {
                        let reply = try await client.send(command)
                        guard size == nil || reply.bytes?.count == size else {
                            throw ValidationError("a reply is of another size")
                        }
                    }
                }
            }
            try await tasks.waitForAll()
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        print("\(Double(share * tasks) / seconds) commands/s")
    }
}
