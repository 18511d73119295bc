import Basics
package import Config
package import Redis

/// The Redis that connects a worker with the others, and a prefix for its keys.
package struct RedisSettings: Equatable, Sendable {
    package let endpoint: RedisEndpoint
    package let keys: TapeKeys

    /// Reads the optional object `redis`; reports an issue and returns nil if a field is wrong.
    ///
    /// The password of the URL is registered as a secret, so that no output shows it.
    package init?(reading parent: ConfigReader) {
        guard let reader = parent.object("redis", optional: true, "The Redis in which the workers meet.") else {
            return nil
        }
        let endpoint = reader.parsed(
            "url", type: "Redis URL", default: "redis://127.0.0.1:6379",
            "`redis://[user[:password]@]host[:port][/db]` or `unix://[user[:password]@]/path[?db=n]`."
        ) { try RedisEndpoint(parsing: $0) }
        let prefix = reader.parsed("prefix", type: "string", default: "", "Goes before the name of every key.") {
            text in
            guard text.wholeMatch(of: /[A-Za-z0-9:_\-]*/) != nil else {
                throw InvalidText("should be letters, digits, :, _ or -")
            }
            return text
        }
        reader.finish()
        guard let endpoint, let prefix else { return nil }
        if let password = endpoint.password { reader.context.keepSecret(password) }
        self.endpoint = endpoint
        keys = TapeKeys(prefix: prefix)
    }
}

extension ConfigReader {
    /// Reads an object with the `url` of another Redis than the worker's own; if it is empty or missing, returns `otherwise`.
    package func redisEndpoint(
        _ name: String, _ summary: String, otherwise: RedisEndpoint,
        url: String = "Like `redis.url`, which is used when this is empty."
    ) -> RedisEndpoint? {
        guard let reader = object(name, optional: true, summary) else { return nil }
        let endpoint = reader.parsed("url", type: "Redis URL", default: "", url) { text in
            text.isEmpty ? otherwise : try RedisEndpoint(parsing: text)
        }
        reader.finish()
        if let password = endpoint?.password { reader.context.keepSecret(password) }
        return endpoint
    }
}
