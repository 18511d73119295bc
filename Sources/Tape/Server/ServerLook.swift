package import Logging
import Logs
package import Redis

/// Says once, when a Redis can first be reached, in what it is not fit for a tape.
package struct ServerLook: Sendable {
    private let redis: RedisClient
    private let logger: Logger

    private static let period: Duration = .seconds(1)

    package init(redis: RedisClient, logger: Logger) {
        self.redis = redis
        self.logger = logger
    }

    /// Returns when it has looked, or the task is cancelled.
    package func run() async {
        repeat {
            // That it cannot be reached is told by those who work with it.
            guard let fitness = try? await ServerFitness.look(redis) else { continue }
            return fitness.shortcomings.forEach(tell)
        } while (try? await Task.sleep(for: Self.period)) != nil
    }

    private func tell(_ shortcoming: RedisShortcoming) {
        var metadata: Logger.Metadata = [
            LogKey.redis: "\(redis.endpoint)", LogKey.detail: "\(shortcoming.words)",
        ]
        if let remedy = shortcoming.remedy { metadata[LogKey.remedy] = "\(redis.endpoint.cli) \(remedy)" }
        logger.warning(.redisUnfit, metadata: metadata)
    }
}
