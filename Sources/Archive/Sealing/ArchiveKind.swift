package import Basics
import Config
package import Redis
package import ServiceLifecycle
package import Tape
package import Workers

extension ArchiveConfig: WorkerConfig {
    package static let kind = WorkerKind(
        "archive", "Keeps lists for years, as blocks of hours and days in files or an S3 bucket.")

    package var asksServers: Bool { stores.contains(where: \.isRemote) }

    /// Lists must be kept until their hour is over and the worker has read them.
    package var inputs: [StreamInput] {
        [StreamInput(lists, reach: Placed(.seconds(2 * 3600), at: listsPlace))]
    }

    package var output: StreamOutput? {
        let (keys, stream) = (worker.redis.keys, stream)
        return StreamOutput(
            Placed(stream, at: streamPlace), retain: nil, every: .every(.seconds(3600)), patience: .seconds(3 * 3600),
            window: .seconds(5 * 86_400), follows: lists, holdsRows: false,
            passing: { [keys.lease(stream, $0), keys.tries(stream, $0)] }, due: Self.hours)
    }

    /// How many hours begin from one minute to another, both included.
    private static func hours(from first: Minute, to last: Minute) -> Int {
        let hour: Duration = .seconds(3600)
        let (begun, before) = (last.floored(to: hour), first.advanced(byMinutes: -1).floored(to: hour))
        return max(0, Int((begun.milliseconds - before.milliseconds) / 3_600_000))
    }

    package func review(in environment: [String: String]) -> ConfigReview {
        ConfigReview("keeps \(lists) in \(stores.map(\.description).joined(separator: " and "))")
    }

    package func redisNeeds(at minute: Minute) -> [RedisNeed] {
        let keys = worker.redis.keys
        return .settling(stream, minute, keys) + .settling(days, minute, keys) + .reading(keys.stream(lists))
            + [RedisNeed]("GET", on: keys.list(lists, minute), pattern: keys.lists(lists))
    }

    package func service(
        in process: WorkerProcess, as identity: WorkerIdentity, naming named: [any WorkerConfig]
    ) -> any Service {
        ArchiveWorker(
            self, stores: stores.map { $0.store(.keeping, http: process.http) }, identity: identity,
            redis: process.redis(worker, timeout: .seconds(30)), clock: process.clock,
            logger: process.logger(worker))
    }
}
