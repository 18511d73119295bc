package import Basics
import Config
package import Redis
package import ServiceLifecycle
package import Tape
package import Workers

extension MergeConfig: WorkerConfig {
    package static let kind = WorkerKind("merge", "Joins feeds and keeps the lists.")

    package var inputs: [StreamInput] {
        sources.flatMap { source in
            source.streams.map { stream in
                StreamInput(
                    stream, every: Placed(source.every, at: source.everyPlace),
                    reach: Placed(source.margin, at: source.marginPlace))
            }
        }
    }

    /// The stream of lists: it depends on its sources, and its patience is set by the slowest required one.
    package var output: StreamOutput? {
        let (keys, stream, sources) = (worker.redis.keys, stream, sources)
        let slowest = sources.filter { !$0.isOptional }.map(\.period).max() ?? .seconds(60)
        let list: @Sendable (Minute) -> String = { keys.list(stream, $0) }
        return StreamOutput(
            Placed(stream, at: streamPlace), retain: retain, patience: slowest + grace + .seconds(120),
            lists: StreamOutput.Lists(columns: columnNames, key: list),
            passing: { [keys.lease(stream, $0), keys.tries(stream, $0), list($0)] },
            due: { MergeSchedule.count(from: $0, to: $1, sources) })
    }

    package func review(in environment: [String: String]) -> ConfigReview {
        ConfigReview("joins \(sources.map(\.name).joined(separator: " + ")) into \(stream)")
    }

    /// It also closes minutes of its sources for which no entry came.
    package func redisNeeds(at minute: Minute) -> [RedisNeed] {
        let keys = worker.redis.keys
        return .settling(stream, minute, keys)
            + [RedisNeed]("SET", "GET", "EXISTS", on: keys.list(stream, minute), pattern: keys.lists(stream))
            + sources.flatMap(\.streams).flatMap {
                [RedisNeed].reading(keys.stream($0)) + .publishing(keys.stream($0))
            }
    }

    package func service(
        in process: WorkerProcess, as identity: WorkerIdentity, naming named: [any WorkerConfig]
    ) -> any Service {
        MergeWorker(
            self, identity: identity, redis: process.redis(worker), clock: process.clock,
            logger: process.logger(worker))
    }
}
