package import Basics
package import Redis
import Tape

extension APIConfig {
    /// What the worker needs of its own Redis to serve lists and to know the rates, beside its heartbeat; all of it is reading.
    package func redisNeeds(at minute: Minute) -> [RedisNeed] {
        let keys = worker.redis.keys
        return .reading(keys.stream(stream)) + [RedisNeed]("GET", "GETRANGE", on: keys.list(stream, minute))
            + (orders.map { .reading(keys.stream($0.rates)) } ?? [])
    }
}
