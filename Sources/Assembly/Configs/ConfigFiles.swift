import Basics
package import Config
import CurlHTTP
import Fetching
import Foundation
import Logs
import Merging
import Tape

/// Config files, read together: their mistakes, and those that only show between them.
package struct ConfigFiles: Sendable {
    struct File: Sendable {
        let path: String
        let config: WorkerConfig
        /// The workers whose configs an api's names, to do their work on demand.
        var onDemand: OnDemandConfigs?

        var asksProviders: Bool {
            if case .fetch = config { true } else { onDemand != nil }
        }
    }

    let files: [File]
    let redactor: Redactor

    /// Reads all files before it throws, so that one run tells everything that is wrong.
    ///
    /// With `requiringNeeds`, environment variables that a fetch worker needs must be there.
    package static func load(
        _ paths: [String], environment: [String: String], requiringNeeds: Bool
    ) throws(ConfigIssues) -> ConfigFiles {
        var files: [File] = []
        var issues: [ConfigIssue] = []
        var secrets: Set<String> = []
        for path in paths {
            let context = ConfigContext(file: path, environment: environment)
            if let config = read(path, context) {
                if requiringNeeds, case .fetch(let fetch) = config { checkNeeds(fetch, context) }
                files.append(File(path: path, config: config))
            }
            issues += context.issues.sorted { ($0.position ?? .start) < ($1.position ?? .start) }
            secrets.formUnion(context.secrets)
        }
        issues += ConfigAgreement(files: files).issues
        for index in files.indices {
            var finder = OnDemandConfigs.Finder(
                file: files[index], known: paths, environment: environment, requiringNeeds: requiringNeeds)
            files[index].onDemand = finder.find()
            // What is wrong between files that stand on the command line too is told once.
            issues += finder.issues.filter { !issues.contains($0) }
            secrets.formUnion(finder.secrets)
        }
        let proxies = ProxySettings(environment)
        secrets.formUnion(proxies.secrets)
        if files.contains(where: \.asksProviders) {
            issues += proxies.problems.map {
                ConfigIssue(file: "environment", position: nil, path: $0.variable, message: $0.message)
            }
        }
        let redactor = Redactor(secrets: secrets)
        guard issues.isEmpty else { throw ConfigIssues(issues.map { $0.masked(by: redactor) }) }
        return ConfigFiles(files: files, redactor: redactor)
    }

    static func read(_ path: String, _ context: ConfigContext) -> WorkerConfig? {
        guard let data = FileManager.default.contents(atPath: path) else {
            context.report("the file cannot be read", at: nil, path: "")
            return nil
        }
        guard let reader = context.reader(of: [UInt8](data)) else { return nil }
        let config = WorkerConfig(reading: reader)
        return context.issues.isEmpty ? config : nil
    }

    /// Opens the files that the configs log to, before a worker is started; those that cannot be opened are mistakes.
    func openLogs() throws(ConfigIssues) -> LogOutputs {
        let logs = LogOutputs()
        var issues: [ConfigIssue] = []
        func open(_ handler: LogHandlerSettings, _ file: String) {
            do throws(LogFileError) {
                try logs.open(handler)
            } catch {
                issues.append(
                    ConfigIssue(
                        file: file, position: handler.pathPlace?.position, path: handler.pathPlace?.path ?? "",
                        message: redactor("\(error)")))
            }
        }
        for file in withOnDemand {
            for handler in file.config.settings.logging.handlers { open(handler, file.path) }
        }
        guard issues.isEmpty else { throw ConfigIssues(issues) }
        return logs
    }

    static func checkNeeds(_ config: FetchConfig, _ context: ConfigContext) {
        for need in config.unmetNeeds(in: context.environment) {
            let instead = config.urlVariables.first.map { ", or \($0) for a server that needs no key" } ?? ""
            context.report("set \(need)\(instead)", at: config.needsPlace.position, path: config.needsPlace.path)
        }
    }

    /// For each feed whose plan would not last, a line that says so; another server than the provider's has no plan.
    func costWarnings(in environment: [String: String]) -> [String] {
        withOnDemand.compactMap { file in
            guard case .fetch(let config) = file.config, !config.isRedirected(in: environment) else { return nil }
            return config.cost.warning.map { "\(file.path): cost: \($0)" }
        }
    }

    /// The streams that merge workers join.
    var joinedStreams: Set<String> {
        Set(
            files.flatMap { file -> [String] in
                guard case .merge(let config) = file.config else { return [] }
                return config.sources.flatMap(\.streams)
            })
    }

    /// All files that were read, each once: those that an api's config names stand behind the others.
    private var withOnDemand: [File] {
        var paths = Set<String>()
        return (files + files.flatMap { $0.onDemand?.files ?? [] }).filter { paths.insert($0.path).inserted }
    }

    /// The config files of a folder, by name.
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

extension ConfigIssue {
    fileprivate func masked(by redactor: Redactor) -> ConfigIssue {
        ConfigIssue(file: file, position: position, path: path, message: redactor(message))
    }
}
