import Basics
import Config
import Fetching
import RedisServer
import Sandbox
import Workers

/// What `up` is going to do: all of it is known before anything is started.
struct UpPlan: Sendable {
    enum Redis: Equatable, Sendable {
        /// Started by `up`, on loopback, with its data in the folder.
        case own(folder: String, port: Int)
        /// The one that REDIS_URL names.
        case named
    }

    /// When a worker is started.
    enum Start: Equatable, Sendable {
        case atOnce
        /// When the sandbox has told the feeds that nobody here reads their present minute.
        case behindPresent
        /// When it has told the other feeds theirs, and those before it, and lists are made of the past ones.
        case behindPast
    }

    struct Worker: Sendable {
        let file: ConfigFiles.File
        let start: Start
    }

    let mode: UpMode
    let redis: Redis
    /// nil where the providers are real.
    let sandboxPort: Int?
    let faults: FaultPlan
    /// What the configs were read with.
    let environment: Environment
    let configs: ConfigFiles
    /// In the order in which they start; they end in the opposite one.
    let workers: [Worker]
    /// The options that make redis-cli find the same Redis.
    let redisOptions: String
    /// What goes before a command that has to find this tape: nothing where the user's own environment leads to it.
    let variables: String

    /// Reads the configs, each once; `freePort` is asked for a port if the sandbox needs one.
    init(_ options: UpCommand.Options, environment: Environment, freePort: () throws -> Int) throws {
        faults = try FaultPlan(options.faults)
        let documents = try ConfigFiles.paths(in: environment["CONFIG_DIR"] ?? "config").map {
            (path: $0, document: ConfigFiles.document($0))
        }
        let mode = Result { () throws(CommandError) in
            try UpMode.decide(documents, sandboxWanted: options.sandbox, environment: environment.variables)
        }
        let isPlayed = mode == .success(.sandbox)
        let folder = isPlayed ? "\(options.data)/sandbox" : options.data
        var settled = environment.adding(["PORT": "\(options.port)"])
        var variables = ""
        // What lies in the data folder: another data folder, as that of a sandbox, has others.
        var folders = [("ARCHIVE_DIR", "archive")]
        if environment["REDIS_URL"] == nil {
            let url = "redis://127.0.0.1:\(options.port + 1)"
            redis = .own(folder: folder, port: options.port + 1)
            redisOptions = " -p \(options.port + 1)"
            settled = settled.adding(["REDIS_URL": url])
            variables = "REDIS_URL=\(url) "
            // What is remembered of the ledger goes with the ledger.
            folders.insert(("WITNESS_DIR", "witness"), at: 0)
        } else {
            redis = .named
            redisOptions = " -u $REDIS_URL"
        }
        for (name, part) in folders where environment[name] == nil {
            settled = settled.adding([name: "\(folder)/\(part)"])
            variables += "\(name)=\(Self.shellWord("\(folder)/\(part)")) "
        }
        self.variables = variables
        sandboxPort = try isPlayed ? freePort() : nil
        if let sandboxPort {
            settled = settled.adding(SandboxServer.environment(port: sandboxPort, key: SandboxSettings().key))
        }
        self.environment = settled
        configs = try ConfigFiles(
            documents, environment: settled.variables, requiringNeeds: mode == .success(.real))
        // Mistakes in configs come first: what a feed needs is one of their fields.
        self.mode = try mode.get()
        guard isPlayed || faults == FaultPlan() else {
            throw CommandError(.configuration, "--fault is for the sandbox; real providers have their own")
        }
        workers = Self.workers(configs.files, isPlayed: isPlayed)
    }

    /// The variables by which feeds are sent to the sandbox; none where there is none.
    var played: Set<String> {
        sandboxPort.map { Set(SandboxServer.environment(port: $0, key: "").keys) } ?? []
    }

    /// Servers and projectors first, then feeds that nobody here reads, such as rates, then joined feeds and their mergers.
    private static func workers(_ files: [ConfigFiles.File], isPlayed: Bool) -> [Worker] {
        let writers = files.filter { $0.config.output != nil }
        let makers = writers.filter { !$0.config.inputs.isEmpty }
        let feeds = writers.filter(\.config.inputs.isEmpty)
        let read = Set(makers.flatMap { $0.config.inputs.map(\.stream) })
        func isRead(_ file: ConfigFiles.File) -> Bool {
            file.config.output.map { read.contains($0.stream.value) } ?? false
        }
        func starting(_ start: Start, _ files: [ConfigFiles.File]) -> [Worker] {
            files.map { Worker(file: $0, start: isPlayed ? start : .atOnce) }
        }
        return starting(.atOnce, files.filter { $0.config.output == nil })
            + starting(.behindPresent, feeds.filter { !isRead($0) })
            + starting(.behindPast, feeds.filter(isRead) + makers)
    }

    private static func shellWord(_ path: String) -> String {
        let isPlain = path.allSatisfy { $0.isLetter || $0.isNumber || "/._-+".contains($0) }
        return isPlain ? path : "'" + path.replacing("'", with: #"'\''"#) + "'"
    }
}

/// Whether `up` asks the real providers or the sandbox: all or nothing.
///
/// Half of each would join made-up prices with real ranks.
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
