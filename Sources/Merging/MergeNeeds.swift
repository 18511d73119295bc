package import Basics
package import Redis
import Tape

extension MergeConfig {
    /// What the worker needs of its Redis, beside its heartbeat: it also closes minutes of its sources that none came for.
    package func redisNeeds(at minute: Minute) -> [RedisNeed] {
        let keys = worker.redis.keys
        return .settling(stream, minute, keys)
            + [RedisNeed]("SET", "GET", "EXISTS", on: keys.list(stream, minute))
            + sources.flatMap(\.streams).flatMap {
                [RedisNeed].reading(keys.stream($0)) + .publishing(keys.stream($0))
            }
    }
}
