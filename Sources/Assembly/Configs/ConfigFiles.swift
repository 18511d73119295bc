import Basics
package import Config
import CurlHTTP
import Foundation
import Logs
import POSIX
import Redis
import Tape
import Workers

/// Config files that are read together, with their mistakes and those between them.
package struct ConfigFiles: Sendable {
    struct File: Sendable {
        let path: String
        let config: any WorkerConfig
        /// The files that this config names, in its order.
        var named: [File] = []

        /// The services that run this file's worker.
        func services(in process: WorkerProcess) -> WorkerProcess.Services {
            process.services(config, naming: named.map(\.config))
        }

        /// What the worker and its work on demand need of the worker's own Redis.
        func redisNeeds(at minute: Minute) -> [RedisNeed] {
            config.redisNeeds(at: minute) + named.flatMap { $0.config.redisNeeds(at: minute) }
        }
    }

    let files: [File]
    let redactor: Redactor

    /// Reads all files before it throws, so that one run reports everything that is wrong.
    ///
    /// With `requiringNeeds`, also checks that the environment has what the workers cannot run without.
    package static func load(
        _ paths: [String], environment: [String: String], requiringNeeds: Bool
    ) throws(ConfigIssues) -> ConfigFiles {
        try ConfigFiles(
            paths.map { (path: $0, document: document($0)) }, environment: environment, requiringNeeds: requiringNeeds)
    }

    /// Returns nil if the file cannot be read.
    static func document(_ path: String) -> ConfigDocument? {
        FileManager.default.contents(atPath: path).map { ConfigDocument([UInt8]($0)) }
    }

    /// Like `load`, for files that were already read.
    init(
        _ documents: [(path: String, document: ConfigDocument?)], environment: [String: String], requiringNeeds: Bool
    ) throws(ConfigIssues) {
        var reading = Reading(environment: environment, requiringNeeds: requiringNeeds)
        var files = documents.compactMap { reading.file($0.path, $0.document) }
        reading.issues += ConfigAgreement(files: files).issues
        let paths = documents.map { $0.path }
        for index in files.indices { files[index].named = reading.named(by: files[index], paths, files) }
        let proxies = ProxySettings(environment)
        reading.secrets.formUnion(proxies.secrets)
        if files.contains(where: { ([$0] + $0.named).contains { $0.config.asksServers } }) {
            reading.issues += proxies.problems.map {
                ConfigIssue(file: "environment", position: nil, path: $0.variable, message: $0.message)
            }
        }
        let redactor = Redactor(secrets: reading.secrets)
        guard reading.issues.isEmpty else { throw ConfigIssues(reading.issues.map { $0.masked(by: redactor) }) }
        self.files = files
        self.redactor = redactor
    }

    /// Opens the log files of the configs before any worker starts; a file that cannot be opened is a mistake.
    func openLogs() throws(ConfigIssues) -> LogOutputs {
        let logs = LogOutputs()
        var issues: [ConfigIssue] = []
        func open(_ handler: LogHandlerSettings, _ file: String) {
            do throws(SystemError) {
                try logs.open(handler)
            } catch {
                issues.append(
                    ConfigIssue(
                        file: file, position: handler.pathPlace?.position, path: handler.pathPlace?.path ?? "",
                        message: redactor("\(error)")))
            }
        }
        for file in all {
            for handler in file.config.worker.logging.handlers { open(handler, file.path) }
        }
        guard issues.isEmpty else { throw ConfigIssues(issues) }
        return logs
    }

    /// Warnings about future problems, one line each.
    func warnings(in environment: [String: String]) -> [String] {
        all.compactMap { file in file.config.review(in: environment).warning.map { "\(file.path): \($0)" } }
    }

    /// Each file once; files that are only named by others come last.
    private var all: [File] {
        var paths = Set<String>()
        return (files + files.flatMap(\.named)).filter { paths.insert($0.path).inserted }
    }

    /// The config files of a folder, sorted by name.
    package static func paths(in folder: String) throws(ConfigIssues) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let paths = names.filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
        guard !paths.isEmpty else {
            let message = "there are no config files (*.json) here; start in the repository, or set CONFIG_DIR"
            throw ConfigIssues([ConfigIssue(file: folder, position: nil, path: "", message: message)])
        }
        return paths
    }
}

/// Collects the files and issues while several files are read.
private struct Reading {
    let environment: [String: String]
    let requiringNeeds: Bool
    var issues: [ConfigIssue] = []
    var secrets: Set<String> = []

    /// Returns nil and records issues if anything is wrong with the file itself.
    mutating func file(_ path: String, _ document: ConfigDocument?) -> ConfigFiles.File? {
        let context = ConfigContext(file: path, environment: environment)
        var config: (any WorkerConfig)?
        if let document {
            config = context.reader(of: document).flatMap(WorkerKinds.config)
            if !context.issues.isEmpty { config = nil }
        } else {
            context.report("the file cannot be read", at: nil, path: "")
        }
        issues += context.issues.sorted { ($0.position ?? .start) < ($1.position ?? .start) }
        secrets.formUnion(context.secrets)
        guard let config else { return nil }
        if requiringNeeds { issues += config.review(in: environment).lacks.map { $0.issue(in: path) } }
        return ConfigFiles.File(path: path, config: config)
    }

    /// Loads the configs that this one names, and checks them together.
    ///
    /// A file that is also in `paths` is not loaded again; its mistakes are reported once.
    mutating func named(
        by file: ConfigFiles.File, _ paths: [String], _ files: [ConfigFiles.File]
    ) -> [ConfigFiles.File] {
        let before = issues
        let found = file.config.named.map { named -> ConfigFiles.File? in
            let (name, folder) = (named.path.value, URL(fileURLWithPath: file.path).deletingLastPathComponent())
            let base = folder.relativePath
            let path = name.hasPrefix("/") ? name : base == "." ? name : "\(base)/\(name)"
            func isSame(_ other: String) -> Bool {
                URL(fileURLWithPath: other).standardized == URL(fileURLWithPath: path).standardized
            }
            var other = files.first { isSame($0.path) }
            if other == nil, !paths.contains(where: isSame) {
                guard FileManager.default.isReadableFile(atPath: path) else {
                    add(PlacedMessage(named.path.place, "there is no file \(path)"), file)
                    return nil
                }
                other = self.file(path, ConfigFiles.document(path))
            }
            guard let other else { return nil }
            guard type(of: other.config).kind.name == named.kind else {
                add(PlacedMessage(named.path.place, "\(name) is not the config of a \(named.kind) worker"), file)
                return nil
            }
            return other
        }
        for mistake in file.config.disagreements(with: found.map { $0?.config }) { add(mistake, file) }
        let present = found.compactMap(\.self)
        issues += ConfigAgreement(files: [file] + present).issues
        // Issues of files that are read more than once are reported once.
        issues = before + issues[before.count...].filter { !before.contains($0) }
        return present
    }

    private mutating func add(_ mistake: PlacedMessage, _ file: ConfigFiles.File) {
        issues.append(mistake.issue(in: file.path))
    }
}

extension ConfigIssue {
    fileprivate func masked(by redactor: Redactor) -> ConfigIssue {
        ConfigIssue(file: file, position: position, path: path, message: redactor(message))
    }
}
