package import Basics
package import Redis

/// What workers need from their Redis, by task; the config of each kind of worker combines its own list.
///
/// Tests compare this with the scripts and commands in the sources.
extension [RedisNeed] {
    /// For reading and following a stream, including past entries of the future (`survey.lua`).
    package static func reading(_ stream: String) -> [RedisNeed] {
        .scripts + [RedisNeed("TIME")]
            + Self("XRANGE", "XREVRANGE", "XREAD STREAMS", "TYPE", "XLEN", "XINFO STREAM", on: stream)
    }

    /// For `publish.lua`.
    package static func publishing(_ stream: String) -> [RedisNeed] {
        .scripts + [RedisNeed("TIME")] + Self("XRANGE", "XREVRANGE", "XADD", "XTRIM", on: stream)
    }

    /// For `Settler`: leases, tries, and the entry.
    package static func settling(_ stream: String, _ minute: Minute, _ keys: TapeKeys) -> [RedisNeed] {
        publishing(keys.stream(stream)) + reading(keys.stream(stream))
            + Self("SET", "GET", "PEXPIRE", on: keys.lease(stream, minute), pattern: keys.leases(stream))
            + Self("GET", "SET", on: keys.tries(stream, minute), pattern: keys.allTries(stream))
    }

    /// For the keys by which `WriteProbe` tests writing; `tag` as in `TapeKeys.probe`.
    package static func probing(_ keys: TapeKeys, tag: String = "") -> [RedisNeed] {
        .scripts + Self("SET", on: keys.probe("status", tag: tag), pattern: keys.probe("*", tag: tag))
    }

    /// For `Heartbeat`; `prober` replaces the name of a replica.
    package static func beating(_ worker: String, _ keys: TapeKeys, for prober: String) -> [RedisNeed] {
        [RedisNeed("SET", keys.probe(prober, tag: "worker:\(worker)"), pattern: keys.workers(worker))]
    }
}
