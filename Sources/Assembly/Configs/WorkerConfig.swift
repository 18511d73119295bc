import Basics
import Config
import Fetching
import Merging
import Projecting
import Redis
import Serving
import Tape

/// The config of a worker of any kind.
enum WorkerConfig: Sendable {
    case fetch(FetchConfig)
    case merge(MergeConfig)
    case project(ProjectConfig)
    case api(APIConfig)

    enum Kind: String, CaseIterable {
        case fetch, merge, project, api
    }

    /// Reads the fields of the kind that `worker` names.
    init?(reading reader: ConfigReader) {
        let kind = reader.choice("worker", default: nil as Kind?, "The kind of worker.")
        switch kind {
        case .fetch:
            guard let config = FetchConfig(reading: reader) else { return nil }
            self = .fetch(config)
        case .merge:
            guard let config = MergeConfig(reading: reader) else { return nil }
            self = .merge(config)
        case .project:
            guard let config = ProjectConfig(reading: reader) else { return nil }
            self = .project(config)
        case .api:
            guard let config = APIConfig(reading: reader) else { return nil }
            self = .api(config)
        case nil: return nil
        }
    }

    var settings: WorkerSettings {
        switch self {
        case .fetch(let config): config.worker
        case .merge(let config): config.worker
        case .project(let config): config.worker
        case .api(let config): config.worker
        }
    }

    var kind: Kind {
        switch self {
        case .fetch: .fetch
        case .merge: .merge
        case .project: .project
        case .api: .api
        }
    }

    /// What the worker needs of its own Redis, beside its heartbeat and without orders.
    func redisNeeds(at minute: Minute) -> [RedisNeed] {
        switch self {
        case .fetch(let config): config.redisNeeds(at: minute)
        case .merge(let config): config.redisNeeds(at: minute)
        case .api(let config): config.redisNeeds(at: minute)
        case .project: []
        }
    }

    /// The stream that the worker writes, and where its config says so.
    var published: (stream: String, place: ConfigPlace)? {
        switch self {
        case .fetch(let config): (config.stream, config.streamPlace)
        case .merge(let config): (config.stream, config.streamPlace)
        case .project, .api: nil
        }
    }
}
