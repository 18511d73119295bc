import Config
import Fetching
import Merging
import Serving
import Tape

/// The config of a worker of any kind.
enum WorkerConfig: Sendable {
    case fetch(FetchConfig)
    case merge(MergeConfig)
    case api(APIConfig)

    static let kinds = ["fetch", "merge", "api"]

    /// Reads the fields of the kind that `worker` names.
    init?(reading reader: ConfigReader) {
        let kind = reader.parsed("worker", type: Self.kinds.joined(separator: " \\| "), "The kind of worker.") { text in
            guard Self.kinds.contains(text) else {
                throw ConfigReader.Complaint("should be one of \(Self.kinds.joined(separator: ", ")), not \"\(text)\"")
            }
            return text
        }
        switch kind {
        case "fetch":
            guard let config = FetchConfig(reading: reader) else { return nil }
            self = .fetch(config)
        case "merge":
            guard let config = MergeConfig(reading: reader) else { return nil }
            self = .merge(config)
        case "api":
            guard let config = APIConfig(reading: reader) else { return nil }
            self = .api(config)
        default: return nil
        }
    }

    var settings: WorkerSettings {
        switch self {
        case .fetch(let config): config.worker
        case .merge(let config): config.worker
        case .api(let config): config.worker
        }
    }

    var kind: String {
        switch self {
        case .fetch: "fetch"
        case .merge: "merge"
        case .api: "api"
        }
    }

    /// The stream that the worker writes.
    var publishedStream: String? {
        switch self {
        case .fetch(let config): config.stream
        case .merge(let config): config.stream
        case .api: nil
        }
    }
}
