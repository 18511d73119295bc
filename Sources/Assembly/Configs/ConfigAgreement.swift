import Basics
import Config
import Fetching
import Merging
import Orders
import Projecting
import Redis
import Serving
import Tape

/// Mistakes that only show between configs: each is right by itself.
struct ConfigAgreement {
    let files: [ConfigFiles.File]

    var issues: [ConfigIssue] {
        sharedStreams
            + files.flatMap { file -> [ConfigIssue] in
                switch file.config {
                case .fetch: []
                case .project(let config): durabilities(config, file)
                case .merge(let config): config.sources.flatMap { disagreements(of: $0, in: config, file) }
                case .api(let config): missingColumns(config, file)
                }
            }
    }

    /// Two workers of different configs must not write one stream: replicas of one config may.
    private var sharedStreams: [ConfigIssue] {
        var owners: [String: String] = [:]
        return files.compactMap { file in
            guard let (stream, place) = file.config.published else { return nil }
            let key = file.config.settings.redis.name(of: stream)
            guard let owner = owners.updateValue(file.path, forKey: key) else { return nil }
            return issue(file, place, "\(owner) publishes to \(stream) too")
        }
    }

    /// A source must know its feeds' period, and cannot look further back than they keep.
    private func disagreements(
        of source: SourceSettings, in config: MergeConfig, _ file: ConfigFiles.File
    ) -> [ConfigIssue] {
        source.streams.flatMap { stream -> [ConfigIssue] in
            guard let feed = feed(of: config.worker.redis.name(of: stream)) else { return [] }
            var issues: [ConfigIssue] = []
            if feed.schedule.every != source.every {
                let (own, other) = (source.every.short, feed.schedule.every.short)
                issues.append(issue(file, source.everyPlace, "is \(own), but \(stream) is fetched every \(other)"))
            }
            if source.margin > feed.retain {
                let (own, other) = (source.margin.short, feed.retain.short)
                issues.append(issue(file, source.marginPlace, "is \(own), but \(stream) is kept for \(other) only"))
            }
            return issues
        }
    }

    private func feed(of key: String) -> FetchConfig? {
        files.lazy.compactMap { file -> FetchConfig? in
            guard case .fetch(let config) = file.config, config.worker.redis.name(of: config.stream) == key else {
                return nil
            }
            return config
        }.first
    }

    /// What an api serves must be a column of the list, if the list's config is here.
    private func missingColumns(_ config: APIConfig, _ file: ConfigFiles.File) -> [ConfigIssue] {
        let key = config.worker.redis.name(of: config.stream)
        for case .merge(let merge) in files.map(\.config) where merge.worker.redis.name(of: merge.stream) == key {
            let known = merge.columnNames
            return config.columns.filter { !known.contains($0) }.map { column in
                let hint = EditDistance.nearest(to: column, among: known).map { " (did you mean \($0)?)" } ?? ""
                return issue(file, config.columnsPlace, "\(merge.worker.name) has no column \"\(column)\"\(hint)")
            }
        }
        return []
    }

    /// What an api waits for before it acknowledges an order, a project worker waits for before it folds it.
    private func durabilities(_ config: ProjectConfig, _ file: ConfigFiles.File) -> [ConfigIssue] {
        files.compactMap { other in
            guard case .api(let api) = other.config, let orders = api.orders?.places,
                orders.ledger == config.orders.ledger, api.worker.redis.keys == config.worker.redis.keys,
                orders.acknowledgement != config.orders.acknowledgement
            else { return nil }
            return issue(
                file, config.orders.durabilityPlace,
                "differs from that of \(other.path): orders would be folded that are not acknowledged yet")
        }
    }

    private func issue(_ file: ConfigFiles.File, _ place: ConfigPlace, _ message: String) -> ConfigIssue {
        ConfigIssue(file: file.path, position: place.position, path: place.path, message: message)
    }
}

extension RedisSettings {
    /// A stream as it is known everywhere: its Redis and its key.
    fileprivate func name(of stream: String) -> String {
        "\(endpoint) \(keys.stream(stream))"
    }
}
