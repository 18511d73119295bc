import Basics
import Config
import Fetching
import Redis
import RedisServer
import Sandbox
import Tape
import Workers

/// What `up` is going to do, decided completely before anything is started.
struct UpPlan: Sendable {
    enum Redis: Equatable, Sendable {
        /// A Redis that `up` starts on loopback, with its data in this folder.
        case own(folder: String, port: Int)
        /// The Redis that REDIS_URL names.
        case named
    }

    /// When a worker is started.
    enum Start: Equatable, Sendable {
        case atOnce
        /// After the feeds that no other worker reads have got their present minute from the sandbox.
        case afterPresent
        /// After the other feeds have got their past and present minutes, and the past ones are merged into lists.
        case afterBackfill
    }

    struct Worker: Sendable {
        let file: ConfigFiles.File
        let start: Start
    }

    let mode: UpMode
    let redis: Redis
    /// nil if the providers are real.
    let sandboxPort: Int?
    let faults: FaultPlan
    /// The environment that the configs were read with.
    let environment: Environment
    let configs: ConfigFiles
    /// In the order of their start; they stop in the reverse order.
    let workers: [Worker]
    /// The options for redis-cli to reach the same Redis.
    let redisOptions: String
    /// Variables to put before a command that needs this tape; empty if the user's environment already leads to it.
    let variables: String

    /// Reads each config once; `freePort` is called if the sandbox needs a port.
    init(_ options: UpCommand.Options, environment: Environment, freePort: () throws -> Int) throws {
        faults = try FaultPlan(options.faults)
        let documents = try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config").map {
            (path: $0, document: ConfigFiles.document($0))
        }
        let mode = Result { () throws(CommandError) in
            try UpMode.decide(documents, sandboxWanted: options.sandbox, environment: environment.variables)
        }
        let isSandbox = mode == .success(.sandbox)
        let folder = isSandbox ? "\(options.data)/sandbox" : options.data
        var settled = environment.adding(["PORT": "\(options.port)"])
        var variables = ""
        // Subfolders of the data folder, which differ between data folders, for example for a sandbox.
        var folders = [("ARCHIVE_DIR", "archive")]
        if environment["REDIS_URL"] == nil {
            let url = "redis://127.0.0.1:\(options.port + 1)"
            redis = .own(folder: folder, port: options.port + 1)
            settled = settled.adding(["REDIS_URL": url])
            variables = "REDIS_URL=\(url) "
            // The witnesses belong to the ledger, so they are stored with it.
            folders.insert(("WITNESS_DIR", "witness"), at: 0)
        } else {
            redis = .named
        }
        for (name, part) in folders where environment[name] == nil {
            settled = settled.adding([name: "\(folder)/\(part)"])
            variables += "\(name)=\(ShellWord.quoted("\(folder)/\(part)")) "
        }
        self.variables = variables
        sandboxPort = try isSandbox ? freePort() : nil
        if let sandboxPort {
            settled = settled.adding(SandboxServer.environment(port: sandboxPort, key: SandboxSettings().key))
        }
        self.environment = settled
        configs = try ConfigFiles(
            documents, environment: settled.variables, requiringNeeds: mode == .success(.real))
        if case .own(_, let port) = redis {
            redisOptions = " -p \(port)"
        } else {
            let endpoint = configs.files.first?.config.worker.redis.endpoint
            switch endpoint?.address {
            // redis-cli knows no such URLs.
            case .sentinel, .cluster: redisOptions = String((endpoint?.cli ?? "").dropFirst("redis-cli".count))
            case .tcp, .unix, nil:
                redisOptions = ([" -u $REDIS_URL"] + (endpoint?.tls?.cliOptions ?? [])).joined(separator: " ")
            }
        }
        // Report config mistakes first, because what a feed needs depends on its fields.
        self.mode = try mode.get()
        guard isSandbox || faults == FaultPlan() else {
            throw CommandError(.configuration, "--fault is for the sandbox; real providers have their own")
        }
        workers = Self.workers(configs.files, isSandbox: isSandbox)
    }

    /// The variables that point feeds at the sandbox; empty if there is no sandbox.
    var sandboxVariables: Set<String> {
        sandboxPort.map { Set(SandboxServer.environment(port: $0, key: "").keys) } ?? []
    }

    /// Servers and project workers first, then feeds that no worker here reads, such as rates, then merged feeds and their
    /// mergers.
    private static func workers(_ files: [ConfigFiles.File], isSandbox: Bool) -> [Worker] {
        let writers = files.filter { $0.config.output != nil }
        let makers = writers.filter { !$0.config.inputs.isEmpty }
        let feeds = writers.filter(\.config.inputs.isEmpty)
        let read = Set(makers.flatMap { $0.config.inputs.map(\.stream) })
        func isRead(_ file: ConfigFiles.File) -> Bool {
            file.config.output.map { read.contains($0.stream.value) } ?? false
        }
        func starting(_ start: Start, _ files: [ConfigFiles.File]) -> [Worker] {
            files.map { Worker(file: $0, start: isSandbox ? start : .atOnce) }
        }
        return starting(.atOnce, files.filter { $0.config.output == nil })
            + starting(.afterPresent, feeds.filter { !isRead($0) })
            + starting(.afterBackfill, feeds.filter(isRead) + makers)
    }
}

/// Whether `up` uses the real providers or the sandbox, for all feeds alike.
///
/// A mixture would join invented prices with real ranks.
enum UpMode: Equatable, Sendable {
    case real
    case sandbox

    fileprivate static func decide(
        _ documents: [(path: String, document: ConfigDocument?)], sandboxWanted: Bool, environment: [String: String]
    ) throws(CommandError) -> UpMode {
        if sandboxWanted { return .sandbox }
        let feeds = documents.compactMap { _, document in
            document.flatMap { FeedNeeds.foreseen(in: $0, environment: environment) }
        }
        let withNeeds = feeds.filter { !$0.needs.variables.isEmpty }
        let unmet = withNeeds.filter { !$0.needs.unmet(in: environment).isEmpty }
        if unmet.isEmpty { return .real }
        if unmet.count == withNeeds.count { return .sandbox }
        let missing = unmet.flatMap { $0.needs.unmet(in: environment) }.joined(separator: ", ")
        let present = withNeeds.filter { $0.needs.unmet(in: environment).isEmpty }.map(\.name)
        throw CommandError(
            .configuration,
            "\(present.joined(separator: ", ")) would be real, but \(missing) is not set: set it too, or use --sandbox")
    }
}
