package import Config
package import Logs
package import Tape

/// The fields that all workers' configs have.
package struct WorkerSettings: Sendable {
    package let name: String
    package let redis: RedisSettings
    package let logging: LoggingSettings
    /// Where the worker's metrics are served; nil if it has no metrics server of its own.
    package let metrics: MetricsAddress?

    /// Also reads `worker`, whose value the caller already knows.
    package init?(reading reader: ConfigReader) {
        _ = reader.string("worker", "The kind of worker.")
        let name = reader.name(
            "name", "The worker's name in logs, and the `source` of the entries that it publishes.")
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
    /// The address to listen on.
    package let host: String
    /// Never 0 in `WorkerSettings.metrics`, which is nil then.
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
