package import Config
package import Logs
package import Redis

/// The fields that every worker's config begins with.
package struct WorkerSettings: Sendable {
    package let name: String
    package let redis: RedisSettings
    package let logging: LoggingSettings
    /// Where the worker's metrics are served; nil for a worker that serves none of its own.
    package let metrics: MetricsAddress?

    /// Reads `worker` too, whose value the caller knows already.
    package init?(reading reader: ConfigReader) {
        _ = reader.string("worker", "The kind of worker.")
        let name = reader.name(
            "name", "The worker's name in logs, and the `source` of what a fetch worker publishes.")
        let logging = LoggingSettings(reading: reader)
        let redis = RedisSettings(reading: reader)
        let metrics = reader.object(
            "metrics", optional: true, "Where Prometheus finds this worker's metrics, besides an api's own port."
        ).flatMap(MetricsAddress.init)
        guard let name, let redis, let logging, let metrics else { return nil }
        self.name = name
        self.redis = redis
        self.logging = logging
        self.metrics = metrics.port == 0 ? nil : metrics
    }
}

/// Where `/metrics` is served for a worker that serves nothing else.
package struct MetricsAddress: Hashable, Sendable {
    package let host: String
    package let port: Int

    init?(reading reader: ConfigReader) {
        let host = reader.listeningHost(
            "host", default: "127.0.0.1", "The address to listen on; 0.0.0.0 is all of IPv4.")
        let port = reader.integer("port", default: 0, in: 0...65_535, "The port; 0 serves no metrics.")
        reader.finish()
        guard let host, let port else { return nil }
        self.host = host
        self.port = port
    }
}

package struct RedisSettings: Equatable, Sendable {
    package let endpoint: RedisEndpoint
    package let keys: TapeKeys

    init?(reading parent: ConfigReader) {
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
                throw ConfigReader.Complaint("should be letters, digits, :, _ or -")
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
    /// Another Redis than the worker's own, as an object with a `url`; empty or left out, it is the other one.
    package func redisEndpoint(
        _ name: String, _ summary: String, otherwise: RedisEndpoint,
        url: String = "As `redis.url`, which it is when this is empty."
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
