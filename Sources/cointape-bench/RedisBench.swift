import ArgumentParser
import Foundation
import HTTPServer
import Logging
import NIOCore
import NIOPosix
import Redis

/// One connection, or one to each primary of a cluster, under the load of many tasks, each of which sends its next command after
/// the reply to the previous one.
struct RedisBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redis",
        abstract: "Send a command again and again over one connection; commands a second, and the CPU time of 100,000.")

    @Option(help: "The Redis.") var url = "redis://127.0.0.1:6379"
    @Option(help: "A file with the authorities that are trusted, for rediss://.") var ca: String?
    @Option(help: "How many tasks share the connection.") var tasks = 64
    @Option(help: "How many commands they send in all.") var calls = 100_000
    @Option(help: "The bytes that every reply must have.") var size: Int?
    @Flag(help: "Run the tasks on the connection's event loop, as an api's requests are.") var onLoop = false
    @Option(help: "Take so many keys in turn: __key__ in an argument is a number below this.") var keys = 1
    @Argument(help: "The command and its arguments.") var command: [String]

    func run() async throws {
        guard let name = command.first, tasks > 0, keys > 0 else {
            throw ValidationError("there is no command, or no task")
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var endpoint = try RedisEndpoint(parsing: url)
        if endpoint.tls != nil { endpoint.tls = RedisTLS(authorities: ca) }
        let client = RedisClient(endpoint, group: group, logger: Logger(label: "bench"))
        let commands = (0..<keys).map { key in
            RedisCommand(
                name,
                arguments: command.dropFirst().map {
                    $0.replacingOccurrences(of: "__key__", with: "\(key)") as any RedisArgument
                })
        }
        // Connects to all servers.
        for command in commands { _ = try await client.send(command) }
        let executor = onLoop ? LoopExecutor(group.next()) : nil
        let share = max(1, calls / tasks)
        let (began, spent) = (ContinuousClock.now, Self.processorTime)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for task in 0..<self.tasks {
                tasks.addTask(executorPreference: executor) {
                    for call in 0..<share {
                        let reply = try await client.send(commands[(task * share + call) % commands.count])
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
        print("\((Self.processorTime - spent) / Double(share * tasks) * 100_000) s of CPU for 100,000")
    }

    /// Of this process, in seconds.
    private static var processorTime: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
