package import Basics
package import Redis
import Tape

extension FetchConfig {
    /// What the worker needs of its Redis, beside its heartbeat.
    package func redisNeeds(at minute: Minute) -> [RedisNeed] {
        let keys = worker.redis.keys
        return .settling(stream, minute, keys) + [RedisNeed]("GET", "SET", on: keys.pause(stream))
    }
}
