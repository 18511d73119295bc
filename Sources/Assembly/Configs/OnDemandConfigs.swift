import Basics
import Config
import Fetching
import Foundation
import Merging
import Redis
import Serving
import Tape

/// The configs of the workers whose work an api does on demand.
struct OnDemandConfigs: Sendable {
    let fetch: [FetchConfig]
    let merge: MergeConfig
    /// All of them, as they were read.
    let files: [ConfigFiles.File]

    /// What that work needs of the Redis.
    func redisNeeds(at minute: Minute) -> [RedisNeed] {
        merge.redisNeeds(at: minute) + fetch.flatMap { $0.redisNeeds(at: minute) }
    }

    /// Reads the files that an api's config names, and gathers what is wrong with them.
    struct Finder {
        let file: ConfigFiles.File
        /// Files that are read anyway: what is wrong with them is told once.
        let known: [String]
        let environment: [String: String]
        let requiringNeeds: Bool
        private(set) var issues: [ConfigIssue] = []
        private(set) var secrets: Set<String> = []
        private var files: [ConfigFiles.File] = []

        init(file: ConfigFiles.File, known: [String], environment: [String: String], requiringNeeds: Bool) {
            self.file = file
            self.known = known
            self.environment = environment
            self.requiringNeeds = requiringNeeds
        }

        /// nil for other workers than an api, for an api that does not want any, and where something is wrong.
        mutating func find() -> OnDemandConfigs? {
            guard case .api(let api) = file.config, let settings = api.onDemand else { return nil }
            var feeds: [FetchConfig] = []
            for (name, place) in zip(settings.fetch, settings.fetchPlaces) {
                guard let config = read(name, at: place) else { continue }
                if case .fetch(let feed) = config {
                    feeds.append(feed)
                } else {
                    complain("\(name) is not the config of a fetch worker", at: place)
                }
            }
            guard let config = read(settings.merge, at: settings.mergePlace) else { return nil }
            guard case .merge(let merge) = config else {
                complain("\(settings.merge) is not the config of a merge worker", at: settings.mergePlace)
                return nil
            }
            if merge.stream != api.stream || merge.worker.redis != api.worker.redis {
                complain("\(settings.merge) does not make the list that is served here", at: settings.mergePlace)
            }
            let streams = feeds.map(\.stream)
            for stream in merge.sources.flatMap(\.streams) where !streams.contains(stream) {
                complain("\(settings.merge) joins \(stream), which none of these fetches", at: settings.fetchPlace)
            }
            let agreement = ConfigAgreement(files: [file] + files).issues
            issues += agreement
            guard feeds.count == settings.fetch.count else { return nil }
            return OnDemandConfigs(fetch: feeds, merge: merge, files: files)
        }

        private mutating func read(_ name: String, at place: ConfigPlace) -> WorkerConfig? {
            let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent().relativePath
            let path = name.hasPrefix("/") ? name : folder == "." ? name : "\(folder)/\(name)"
            guard FileManager.default.isReadableFile(atPath: path) else {
                complain("there is no file \(path)", at: place)
                return nil
            }
            let context = ConfigContext(file: path, environment: environment)
            let config = ConfigFiles.read(path, context)
            if requiringNeeds, case .fetch(let feed) = config { ConfigFiles.checkNeeds(feed, context) }
            secrets.formUnion(context.secrets)
            let isKnown = known.contains {
                URL(fileURLWithPath: $0).standardized == URL(fileURLWithPath: path).standardized
            }
            if !isKnown { issues += context.issues }
            if let config { files.append(ConfigFiles.File(path: path, config: config)) }
            return config
        }

        private mutating func complain(_ message: String, at place: ConfigPlace) {
            issues.append(ConfigIssue(file: file.path, position: place.position, path: place.path, message: message))
        }
    }
}
