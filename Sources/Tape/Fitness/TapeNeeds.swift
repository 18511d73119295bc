package import Basics
package import Redis

/// What workers need of their Redis, by what they do; each kind of worker puts its own list together in its config.
///
/// Held by tests against the scripts and commands that are in the sources.
extension [RedisNeed] {
    /// Of whoever reads a stream and follows it, also past entries of the future (`survey.lua`).
    package static func reading(_ stream: String) -> [RedisNeed] {
        .scripts + [RedisNeed("TIME")]
            + Self("XRANGE", "XREVRANGE", "XREAD STREAMS", "TYPE", "XLEN", "XINFO STREAM", on: stream)
    }

    /// `publish.lua`.
    package static func publishing(_ stream: String) -> [RedisNeed] {
        .scripts + [RedisNeed("TIME")] + Self("XRANGE", "XREVRANGE", "XADD", "XTRIM", on: stream)
    }

    /// `Settler`: leases, tries, and the entry.
    package static func settling(_ stream: String, _ minute: Minute, _ keys: TapeKeys) -> [RedisNeed] {
        publishing(keys.stream(stream)) + reading(keys.stream(stream))
            + Self("SET", "GET", "PEXPIRE", on: keys.lease(stream, minute))
            + Self("GET", "SET", on: keys.tries(stream, minute))
    }

    /// `Heartbeat`; `prober` stands in for a replica's name.
    package static func beating(_ worker: String, _ keys: TapeKeys, for prober: String) -> [RedisNeed] {
        [RedisNeed("SET", keys.probe(prober, tag: "worker:\(worker)"))]
    }
}
